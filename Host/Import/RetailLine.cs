using System.Text.Json;

namespace ModularShop.Host.Import;

/// <summary>What a line of the file is to the shop.</summary>
internal enum LineKind
{
    /// <summary>A line of an order.</summary>
    Sale,

    /// <summary>A line of a return.</summary>
    Return,

    /// <summary>Skipped: neither an invoice nor a return but a correction of the books, such as a bad debt written off.</summary>
    Adjustment,

    /// <summary>Skipped: an ordinary invoice that takes goods out of stock and sells nothing.</summary>
    StockWriteOff,

    /// <summary>Skipped: a return of nothing, or of less than nothing.</summary>
    ReturnNotNegative,

    /// <summary>Skipped: a price below zero.</summary>
    NegativePrice,
}

internal static class LineKinds
{
    public static bool IsSkipped(this LineKind kind) => kind is not (LineKind.Sale or LineKind.Return);

    /// <summary>Its name as files and reports have it, such as <c>stock-write-off</c>.</summary>
    public static string Name(this LineKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}

/// <summary>A well-formed line of the file, before any rule of the shop.</summary>
/// <param name="Number">Where it begins in the file; the header is line 1.</param>
/// <param name="Invoice">Digits, after C for a return or A for an adjustment.</param>
/// <param name="Quantity">As in the file: below zero where goods come back.</param>
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
    /// <summary>Before the number of a return.</summary>
    public const char ReturnPrefix = 'C';

    /// <summary>Before the number of an adjustment.</summary>
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
