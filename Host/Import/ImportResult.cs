namespace ModularShop.Host.Import;

/// <summary>What the shop contains of a file after its import, and how much of that is new.</summary>
internal sealed class ImportResult
{
    private const int MaxNamed = 20;

    private readonly List<ImportDifference> differences = [];
    private readonly List<string> otherProducts = [];

    public required long Rows { get; init; }

    public required IReadOnlyDictionary<LineKind, long> Skipped { get; init; }

    public InvoiceTotals Orders { get; private set; }

    public InvoiceTotals Returns { get; private set; }

    public int Customers { get; set; }

    public int Products { get; set; }

    public int NewOrders { get; private set; }

    public int NewReturns { get; private set; }

    public int NewCustomers { get; set; }

    public int NewProducts { get; private set; }

    public int ChangedProducts { get; private set; }

    /// <summary>Products that the file describes differently, but whose data a person has set.</summary>
    public int KeptProducts { get; private set; }

    /// <summary>Customers with another country in the file than in the shop, which is kept.</summary>
    public int KeptCustomers { get; set; }

    public int DifferingProducts { get; private set; }

    public int DifferingOrders { get; private set; }

    public int DifferingReturns { get; private set; }

    /// <summary>The first invoices that the shop has with other content than the file under the same number.</summary>
    public IReadOnlyList<ImportDifference> Differences => differences;

    /// <summary>The first products for which the shop has another name or price of the same time.</summary>
    public IReadOnlyList<string> OtherProducts => otherProducts;

    /// <summary>Whether the file has lines, but none of them belongs to an order or a return.</summary>
    public bool SellsNothing => Rows > 0 && Skipped.Values.Sum() == Rows;

    public void Add(ImportedProducts held)
    {
        NewProducts += held.Added;
        ChangedProducts += held.Changed;
        KeptProducts += held.Kept;
        DifferingProducts += held.Differing?.Count ?? 0;
        otherProducts.AddRange((held.Differing ?? []).Take(MaxNamed - otherProducts.Count));
    }

    public void Add(ImportedOrders held)
    {
        NewOrders += held.Added;
        Orders += new InvoiceTotals(held.Orders, held.Lines, held.Total);
        DifferingOrders += Keep(held.Differences);
    }

    public void Add(ImportedReturns held)
    {
        NewReturns += held.Added;
        Returns += new InvoiceTotals(held.Returns, held.Lines, held.Total);
        DifferingReturns += Keep(held.Differences);
    }

    /// <summary>The figures with their names, in display order.</summary>
    public IReadOnlyList<KeyValuePair<string, decimal>> Figures() =>
        [
            new("rows", Rows),
            new("orders", Orders.Invoices),
            new("order-lines", Orders.Lines),
            new("orders-total", Orders.Total),
            new("returns", Returns.Invoices),
            new("return-lines", Returns.Lines),
            new("returns-total", Returns.Total),
            new("customers", Customers),
            new("products", Products),
            .. Skipped.Select(reason => new KeyValuePair<string, decimal>($"skipped-{reason.Key.Name()}", reason.Value)),
            new("new-orders", NewOrders),
            new("new-returns", NewReturns),
            new("new-customers", NewCustomers),
            new("new-products", NewProducts),
            new("changed-products", ChangedProducts),
            .. Unusual(),
        ];

    // Shown only if there are any, like the reasons of skipped lines.
    private IEnumerable<KeyValuePair<string, decimal>> Unusual() =>
        new KeyValuePair<string, decimal>[]
        {
            new("kept-products", KeptProducts),
            new("kept-customers", KeptCustomers),
            new("differing-products", DifferingProducts),
            new("differing-orders", DifferingOrders),
            new("differing-returns", DifferingReturns),
        }.Where(figure => figure.Value > 0);

    private int Keep(IReadOnlyList<ImportDifference>? found)
    {
        differences.AddRange((found ?? []).Take(MaxNamed - differences.Count));
        return found?.Count ?? 0;
    }
}
