namespace ModularShop.Host.Import;

/// <summary>An order or a return that is being imported.</summary>
internal sealed class Invoice(string number, bool isReturn, Guid? customerId)
{
    private readonly List<LineImport> lines = [];

    public string Number => number;

    public bool IsReturn => isReturn;

    public Guid? CustomerId => customerId;

    /// <summary>The earliest date of its lines.</summary>
    public DateTimeOffset Date { get; private set; } = DateTimeOffset.MaxValue;

    public int LineCount => lines.Count;

    public void Add(RetailLine line, Guid productId)
    {
        lines.Add(new LineImport(productId, Math.Abs(line.Quantity), line.UnitPrice, line.Date));
        Date = line.Date < Date ? line.Date : Date;
    }

    /// <summary>Its lines. A line has its own time only if that is later than the invoice's date.</summary>
    public IReadOnlyList<LineImport> Lines() => [.. lines.Select(line => line.BoughtAt == Date ? line with { BoughtAt = null } : line)];
}
