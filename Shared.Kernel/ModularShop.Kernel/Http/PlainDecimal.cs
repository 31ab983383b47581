using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Http;

/// <summary>
/// A decimal in an address, for example 1.50: digits with or without a decimal point. The framework accepts commas as thousands
/// separators, and would read 1,50 as 150.
/// </summary>
public readonly record struct PlainDecimal(decimal Value) : IParsable<PlainDecimal>
{
    public static PlainDecimal Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no plain decimal.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PlainDecimal result)
    {
        const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        var value = 0m;
        var isRead = decimal.TryParse(s, plain, CultureInfo.InvariantCulture, out _) && ExactDecimal.TryParse(s!, out value);
        result = new PlainDecimal(value);
        return isRead;
    }
}
