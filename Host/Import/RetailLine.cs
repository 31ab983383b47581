using System.Text.Json;

namespace ModularShop.Host.Import;

/// <summary>What a line of the file means to the shop.</summary>
internal enum LineKind
{
    /// <summary>A line of an order.</summary>
    Sale,

    /// <summary>A line of a return.</summary>
    Return,

    /// <summary>Skipped: a correction of the books, such as a bad debt that is written off. Neither an order nor a return.</summary>
    Adjustment,

    /// <summary>Skipped: an invoice that removes goods from stock without selling them.</summary>
    StockWriteOff,

    /// <summary>Skipped: a return whose quantity is not negative.</summary>
    ReturnNotNegative,

    /// <summary>Skipped: a price below zero.</summary>
    NegativePrice,
}

internal static class LineKinds
{
    public static bool IsSkipped(this LineKind kind) => kind is not (LineKind.Sale or LineKind.Return);

    /// <summary>Its name in files and reports, for example <c>stock-write-off</c>.</summary>
    public static string Name(this LineKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}

/// <summary>A well-formed line of the file. The rules of the shop are not checked yet.</summary>
/// <param name="Number">The line where it begins in the file; the header is line 1.</param>
/// <param name="Invoice">Digits, after C for a return or A for an adjustment.</param>
/// <param name="Quantity">The quantity in the file; negative for returned goods.</param>
/// <param name="Customer">Null for a guest.</param>
internal sealed record RetailLine(
    long Number,
    string Invoice,
    string StockCode,
    string Description,
    int Quantity,
    DateTimeOffset Date,
    decimal UnitPrice,
    string? Customer,
    string Country
)
{
    /// <summary>The prefix of the number of a return.</summary>
    public const char ReturnPrefix = 'C';

    /// <summary>The prefix of the number of an adjustment.</summary>
    public const char AdjustmentPrefix = 'A';

    public decimal Amount => Math.Abs(Quantity) * UnitPrice;

    public LineKind Kind =>
        Invoice[0] switch
        {
            AdjustmentPrefix => LineKind.Adjustment,
            ReturnPrefix when Quantity >= 0 => LineKind.ReturnNotNegative,
            not ReturnPrefix when Quantity <= 0 => LineKind.StockWriteOff,
            _ when UnitPrice < 0 => LineKind.NegativePrice,
            ReturnPrefix => LineKind.Return,
            _ => LineKind.Sale,
        };
}
