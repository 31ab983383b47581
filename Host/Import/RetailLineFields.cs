using System.Globalization;

namespace ModularShop.Host.Import;

/// <summary>Makes a line of its columns, and says which of them cannot be what it should be.</summary>
internal static class RetailLineFields
{
    // What the shop's modules take.
    private const int MaxCode = 50;
    private const int MaxName = 200;
    private const int MaxCountry = 60;
    private const int MaxQuantity = 1_000_000;
    private const decimal MaxPrice = 1_000_000_000;
    private const int PriceDecimals = 4;

    // As in the copies that people make of the data, and as in the original spreadsheet.
    private static readonly string[] DateFormats = ["yyyy-MM-dd HH:mm:ss", "M/d/yyyy H:mm"];

    /// <exception cref="MalformedLineException">A column is not what it should be.</exception>
    public static RetailLine Parse(long number, string[] fields) =>
        new(
            number,
            Code(number, "InvoiceNo", fields[0]),
            Code(number, "StockCode", fields[1]),
            Text(number, "Description", fields[2], MaxName),
            Quantity(number, fields[3]),
            Date(number, fields[4]),
            Price(number, fields[5]),
            Customer(number, fields[6]),
            Text(number, "Country", fields[7], MaxCountry)
        );

    private static string Code(long number, string column, string field)
    {
        var code = Text(number, column, field, MaxCode);
        return code.Length > 0 ? code : throw new MalformedLineException(number, $"{column} is empty.");
    }

    private static string Text(long number, string column, string field, int maxLength)
    {
        var text = field.Trim();
        return text.Length <= maxLength
            ? text
            : throw new MalformedLineException(number, $"{column} is longer than {maxLength} characters.");
    }

    private static int Quantity(long number, string field) =>
        int.TryParse(field, NumberStyles.Integer, CultureInfo.InvariantCulture, out var quantity)
        && quantity is >= -MaxQuantity and <= MaxQuantity
            ? quantity
            : throw new MalformedLineException(number, $"Quantity '{Shown(field)}' is not a whole number of at most {MaxQuantity}.");

    private static DateTimeOffset Date(long number, string field) =>
        DateTimeOffset.TryParseExact(
            field.Trim(),
            DateFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var date
        )
            ? date
            : throw new MalformedLineException(number, $"InvoiceDate '{Shown(field)}' is not a date like 2010-12-01 08:26:00.");

    private static decimal Price(long number, string field) =>
        decimal.TryParse(
            field,
            NumberStyles.AllowLeadingWhite
                | NumberStyles.AllowTrailingWhite
                | NumberStyles.AllowLeadingSign
                | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var price
        )
        && Math.Abs(price) <= MaxPrice
        && decimal.Round(price, PriceDecimals) == price
            ? price
            : throw new MalformedLineException(
                number,
                $"UnitPrice '{Shown(field)}' is not a number of at most {PriceDecimals} decimals and at most {MaxPrice}."
            );

    // Spreadsheets and data frames make 17850.0 of 17850.
    private static string? Customer(long number, string field)
    {
        var text = field.Trim();
        var digits = text.Split('.') is [var whole, var zeros] && zeros.Length > 0 && zeros.All(c => c == '0') ? whole : text;
        return digits switch
        {
            "" when text.Length == 0 => null,
            { Length: > 0 and <= MaxCode } when digits.All(char.IsAsciiDigit) => digits,
            _ => throw new MalformedLineException(number, $"CustomerID '{Shown(field)}' is not a number."),
        };
    }

    private static string Shown(string field)
    {
        var line = field.ReplaceLineEndings(" ");
        return line.Length <= MaxCode ? line : $"{line[..MaxCode]}...";
    }
}
