using System.Globalization;

namespace ModularShop.Host.Import;

/// <summary>What the shop holds of a file after its import, and how much of that is new.</summary>
internal sealed class ImportResult
{
    private readonly List<string> differences = [];

    public required long Rows { get; init; }

    public required IReadOnlyDictionary<LineKind, long> Skipped { get; init; }

    public InvoiceTotals Orders { get; private set; }

    public InvoiceTotals Returns { get; private set; }

    public int Customers { get; set; }

    public int Products { get; set; }

    public int NewOrders { get; private set; }

    public int NewReturns { get; private set; }

    public int NewCustomers { get; set; }

    public int NewProducts { get; set; }

    public int ChangedProducts { get; set; }

    /// <summary>Where the shop holds something else under the same numbers than the file does.</summary>
    public IReadOnlyList<string> Differences => differences;

    public void CountOrders(IReadOnlyList<Invoice> sent, ImportedOrders held)
    {
        NewOrders += held.Added;
        var totals = new InvoiceTotals(held.Orders, held.Lines, held.Total);
        Orders += totals;
        Compare(sent, totals);
    }

    public void CountReturns(IReadOnlyList<Invoice> sent, ImportedReturns held)
    {
        NewReturns += held.Added;
        var totals = new InvoiceTotals(held.Returns, held.Lines, held.Total);
        Returns += totals;
        Compare(sent, totals);
    }

    /// <summary>The figures by name, in the order in which they are shown.</summary>
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
        ];

    private void Compare(IReadOnlyList<Invoice> sent, InvoiceTotals held)
    {
        var expected = sent.Aggregate(default(InvoiceTotals), (sum, invoice) => sum + invoice.Totals);
        if (held != expected)
        {
            differences.Add(
                $"Invoices {sent[0].Number} to {sent[^1].Number}: the file has {Describe(expected)}, the shop {Describe(held)}."
            );
        }
    }

    private static string Describe(InvoiceTotals totals) =>
        string.Create(CultureInfo.InvariantCulture, $"{totals.Invoices} with {totals.Lines} lines worth {totals.Total:0.00##}");
}
