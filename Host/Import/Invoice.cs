namespace ModularShop.Host.Import;

/// <summary>An order or a return on its way into the shop.</summary>
internal sealed class Invoice(string number, bool isReturn, Guid? customerId)
{
    private readonly List<(LineImport Import, DateTimeOffset Date)> lines = [];

    public string Number => number;

    public bool IsReturn => isReturn;

    public Guid? CustomerId => customerId;

    /// <summary>The earliest of its lines.</summary>
    public DateTimeOffset Date { get; private set; } = DateTimeOffset.MaxValue;

    public int LineCount => lines.Count;

    public InvoiceTotals Totals => new(1, lines.Count, lines.Sum(line => line.Import.Quantity * line.Import.UnitPrice));

    public void Add(RetailLine line, Guid productId)
    {
        lines.Add((new LineImport(productId, Math.Abs(line.Quantity), line.UnitPrice), line.Date));
        Date = line.Date < Date ? line.Date : Date;
    }

    /// <summary>The lines; one that was added to the invoice later says when.</summary>
    public IReadOnlyList<LineImport> Lines() =>
        [.. lines.Select(line => line.Date == Date ? line.Import : line.Import with { BoughtAt = line.Date })];
}
