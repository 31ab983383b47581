using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Http;

/// <summary>
/// A decimal in an address, such as 1.50: digits with or without a point. The framework takes commas for separators of
/// thousands, and reads 1,50 as 150.
/// </summary>
public readonly record struct PlainDecimal(decimal Value) : IParsable<PlainDecimal>
{
    public static PlainDecimal Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no plain decimal.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PlainDecimal result)
    {
        var isRead = DecimalText.TryRead(s ?? "", NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, out var value);
        result = new PlainDecimal(value);
        return isRead;
    }
}

/// <summary>Reads a number of a body as it is, or not at all: 1e-30 is not 0, and 0.999...9 is not 1.</summary>
internal sealed class ExactDecimalJson : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.Number)
        {
            var text = Encoding.ASCII.GetString(reader.HasValueSequence ? [.. reader.ValueSequence.ToArray()] : reader.ValueSpan);
            if (DecimalText.TryRead(text, DecimalText.Json, out var value))
            {
                return value;
            }
        }
        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>Decimals from text. What has more digits than a decimal can hold is refused, where .NET rounds it.</summary>
internal static class DecimalText
{
    public const NumberStyles Json = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // So many digits any decimal can hold.
    private const int AlwaysExact = 28;

    public static bool TryRead(string text, NumberStyles styles, out decimal value) =>
        decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out value)
        && (IsShort(text) || Normal(text) == Normal(value.ToString(CultureInfo.InvariantCulture)));

    private static bool IsShort(string text) => text.Length <= AlwaysExact && !text.AsSpan().ContainsAny('e', 'E');

    // The digits from the first to the last that is not 0, and the power of ten of the last: two texts of one number have the same.
    private static (string Digits, long Exponent) Normal(string text)
    {
        var parts = text.Split('e', 'E');
        var (whole, fraction) = parts[0].TrimStart('-', '+').Split('.') is [var w, var f] ? (w, f) : (parts[0].TrimStart('-', '+'), "");
        var digits = (whole + fraction).TrimEnd('0');
        if (digits.TrimStart('0') is not { Length: > 0 } significant)
        {
            return ("", 0);
        }
        // An exponent that is no long is that of no decimal either.
        var exponent =
            parts.Length == 1 ? 0
            : long.TryParse(parts[1], CultureInfo.InvariantCulture, out var e) ? e
            : long.MaxValue / 2;
        return (significant, exponent - fraction.Length + (whole.Length + fraction.Length - digits.Length));
    }
}
