namespace ModularShop.Host.Import;

/// <summary>An order or a return on its way into the shop.</summary>
internal sealed class Invoice(string number, bool isReturn, Guid? customerId)
{
    private readonly List<LineImport> lines = [];

    public string Number => number;

    public bool IsReturn => isReturn;

    public Guid? CustomerId => customerId;

    /// <summary>The earliest of its lines.</summary>
    public DateTimeOffset Date { get; private set; } = DateTimeOffset.MaxValue;

    public int LineCount => lines.Count;

    public void Add(RetailLine line, Guid productId)
    {
        lines.Add(new LineImport(productId, Math.Abs(line.Quantity), line.UnitPrice, line.Date));
        Date = line.Date < Date ? line.Date : Date;
    }

    /// <summary>Its lines, each with a time of its own only where that is later than the invoice's.</summary>
    public IReadOnlyList<LineImport> Lines() => [.. lines.Select(line => line.BoughtAt == Date ? line with { BoughtAt = null } : line)];
}
