using System.Globalization;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.Import;

/// <summary>Converts the columns of a line, and reports which of them are not valid.</summary>
internal static class RetailLineFields
{
    // The limits of the shop's modules.
    private const int MaxCode = 50;
    private const int MaxName = 200;
    private const int MaxCountry = 60;
    private const int MaxQuantity = 1_000_000;
    private const decimal MaxPrice = 1_000_000_000;
    private const int PriceDecimals = 4;

    private const string Comma = " Write it without a comma, with a point before decimals.";

    /// <param name="fields">The fields in the order of <see cref="RetailHeader.Columns"/>.</param>
    /// <exception cref="MalformedLineException">A column is not valid.</exception>
    public static RetailLine Parse(long number, string[] fields, RetailDates dates) =>
        new(
            number,
            Invoice(number, fields[0]),
            StockCode(number, fields[1]),
            Text(number, "Description", fields[2], MaxName),
            Quantity(number, fields[3]),
            dates.Read(number, fields[4]),
            Price(number, fields[5]),
            Customer(number, fields[6]),
            Text(number, "Country", fields[7], MaxCountry)
        );

    private static string Invoice(long number, string field)
    {
        var text = Code(number, "InvoiceNo", field);
        var letter = char.ToUpperInvariant(text[0]);
        var hasLetter = letter is RetailLine.ReturnPrefix or RetailLine.AdjustmentPrefix;
        var digits = SpreadsheetText.CleanNumber(hasLetter ? text[1..] : text);
        return SpreadsheetText.IsNumber(digits)
            ? (hasLetter ? letter + digits : digits)
            : throw new MalformedLineException(
                number,
                $"InvoiceNo '{Shown(field)}' is not a number, alone or after C (a return) or A (an adjustment)." + Lost(text)
            );
    }

    private static string StockCode(long number, string field)
    {
        var code = SpreadsheetText.CleanNumber(Code(number, "StockCode", field));
        return SpreadsheetText.IsScientific(code)
            ? throw new MalformedLineException(number, $"StockCode '{Shown(field)}' is not a code." + Lost(code))
            : code;
    }

    private static string Lost(string text) =>
        SpreadsheetText.IsScientific(text) ? " A spreadsheet has shortened it; export the column as text." : "";

    private static string Code(long number, string column, string field)
    {
        var code = Text(number, column, SpreadsheetText.Clean(field), MaxCode);
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
        int.TryParse(SpreadsheetText.CleanNumber(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var quantity)
        && quantity is >= -MaxQuantity and <= MaxQuantity
            ? quantity
            : throw new MalformedLineException(
                number,
                $"Quantity '{Shown(field)}' is not a whole number of at most {MaxQuantity}." + AboutComma(field)
            );

    private static decimal Price(long number, string field)
    {
        var text = SpreadsheetText.Clean(field);
        return
            !text.Contains('e', StringComparison.OrdinalIgnoreCase)
            && ExactDecimal.TryParse(text, out var price)
            && Math.Abs(price) <= MaxPrice
            && decimal.Round(price, PriceDecimals) == price
            ? price
            : throw new MalformedLineException(
                number,
                $"UnitPrice '{Shown(field)}' is not a number of at most {PriceDecimals} decimals and at most {MaxPrice}."
                    + AboutComma(field)
            );
    }

    private static string AboutComma(string field) => field.Contains(',', StringComparison.Ordinal) ? Comma : "";

    // Spreadsheets and data frames write 17850 as 17850.0.
    private static string? Customer(long number, string field)
    {
        var text = SpreadsheetText.CleanNumber(field);
        return text switch
        {
            "" => null,
            { Length: <= MaxCode } when SpreadsheetText.IsNumber(text) => text,
            _ => throw new MalformedLineException(number, $"CustomerID '{Shown(field)}' is not a number."),
        };
    }

    private static string Shown(string field) => SpreadsheetText.Shown(field);
}
