using System.Globalization;

namespace ModularShop.SystemTests.Crashes;

/// <summary>The expected rows of the modules after these events, computed without code of the product.</summary>
internal sealed class Expected(IReadOnlyList<LoggedEvent> orders, IReadOnlyList<LoggedEvent> catalog, IReadOnlyList<LoggedEvent> customers)
{
    private readonly HashSet<string> cancelled = [.. Named(orders, "orders.order-cancelled").Select(e => e.Key)];

    private readonly HashSet<Guid> erased = [.. Named(customers, "customers.customer-erased").Select(e => e.Id("customerId"))];

    private IEnumerable<LoggedEvent> Placed => Named(orders, "orders.order-placed");

    private IEnumerable<LoggedEvent> Returned => Named(orders, "orders.order-returned");

    public IEnumerable<string> OrderRows()
    {
        var reasons = Named(orders, "orders.order-cancelled").DistinctBy(e => e.Key).ToDictionary(e => e.Key, e => e.Text("reason"));
        var returns = Returned.Select(e => e.Key).ToHashSet();
        return Placed.Select(e =>
        {
            var changes = (reasons.ContainsKey(e.Key) ? 1 : 0) + (returns.Contains(e.Key) ? 1 : 0) + (IsErased(e) ? 1 : 0);
            var status = cancelled.Contains(e.Key) ? "Cancelled" : "Placed";
            return Row(e.Key, Buyer(e), At(e, "placedAt"), e.Text("currency"), status, reasons.GetValueOrDefault(e.Key), 1 + changes);
        });
    }

    // A client returns only pieces of the first line, and only once.
    public IEnumerable<string> OrderLineRows()
    {
        var returned = Returned.DistinctBy(e => e.Key).ToDictionary(e => e.Key, e => e.Lines.Sum(line => line.Quantity));
        return Placed.SelectMany(e =>
            e.Lines.Select(
                (line, index) =>
                    Row(
                        e.Key,
                        index + 1,
                        line.Product,
                        line.Quantity,
                        Stored(line.UnitPrice),
                        index == 0 ? returned.GetValueOrDefault(e.Key) : 0
                    )
            )
        );
    }

    public IEnumerable<string> ReturnRows() =>
        Returned.SelectMany(e =>
            e.Lines.Select(
                (line, index) =>
                    Row(
                        e.Text("returnId"),
                        e.Key,
                        Buyer(e),
                        At(e, "returnedAt"),
                        index + 1,
                        line.Product,
                        line.Quantity,
                        Stored(line.UnitPrice)
                    )
            )
        );

    /// <summary>The read copies of Orders, in which only the latest event counts.</summary>
    public IEnumerable<string> Prices() =>
        catalog
            .Where(e => e.Name is "catalog.product-added" or "catalog.price-changed")
            .GroupBy(e => e.Key)
            .Select(product => Row(product.Key, Stored(product.Last().Data.GetProperty("price").GetDecimal()), "EUR", 0));

    public IEnumerable<string> ErasedCustomers() => erased.Select(id => Row(id));

    public IEnumerable<string> KnownCustomers() =>
        customers
            .Select(e => e.Id("customerId"))
            .Concat(orders.Select(e => e.Customer).OfType<Guid>())
            .Distinct()
            .Select(id => erased.Contains(id) ? Row(id, "", 1) : Row(id, id, 0));

    public IEnumerable<string> KnownProducts()
    {
        var names = catalog
            .Where(e => e.Name is "catalog.product-added" or "catalog.product-changed")
            .GroupBy(e => e.Id("productId"))
            .ToDictionary(product => product.Key, product => product.Last().Text("name"));
        var codes = Named(catalog, "catalog.product-added").DistinctBy(e => e.Key).ToDictionary(e => e.Id("productId"), e => e.Text("sku"));
        return Placed
            .SelectMany(e => e.Lines.Select(line => line.Product))
            .Concat(codes.Keys)
            .Distinct()
            .Select(id => Row(id, codes.GetValueOrDefault(id) ?? id.ToString(), names.GetValueOrDefault(id)));
    }

    public IEnumerable<string> PurchaseRows() => Purchases().Select(p => Row(p.Order, p.Product, p.Customer, p.Quantity, p.Amount, p.At));

    public IEnumerable<string> CustomerProductRows()
    {
        var bought = Purchases().Where(p => p.Customer is not null).ToLookup(p => (p.Customer, p.Product));
        var returned = Returns().Where(r => r.Customer is not null).ToLookup(r => (r.Customer, r.Product));
        return bought
            .Select(group => group.Key)
            .Union(returned.Select(group => group.Key))
            .Select(key =>
                Row(
                    key.Customer,
                    key.Product,
                    Sums(bought[key], returned[key]),
                    bought[key].Any() ? bought[key].Max(p => p.At) : (long?)null
                )
            );
    }

    public IEnumerable<string> ProductTotalRows()
    {
        var bought = Purchases().ToLookup(p => p.Product);
        var returned = Returns().ToLookup(r => r.Product);
        // A product whose orders were all cancelled keeps its row, with zeros.
        return Placed
            .SelectMany(e => e.Lines.Select(line => line.Product))
            .Distinct()
            .Select(product => Row(product, Sums(bought[product], returned[product])));
    }

    private IEnumerable<Purchase> Purchases() => Placed.Where(e => !cancelled.Contains(e.Key)).SelectMany(e => PerProduct(e, "placedAt"));

    private IEnumerable<Purchase> Returns() => Returned.SelectMany(e => PerProduct(e, "returnedAt"));

    private IEnumerable<Purchase> PerProduct(LoggedEvent e, string at) =>
        e
            .Lines.GroupBy(line => line.Product)
            .Select(lines => new Purchase(
                e.Key,
                lines.Key,
                Buyer(e),
                lines.Sum(line => line.Quantity),
                lines.Sum(line => Stored(line.Quantity * line.UnitPrice)),
                At(e, at)
            ));

    private static string Sums(IEnumerable<Purchase> bought, IEnumerable<Purchase> returned) =>
        Row(
            bought.Count(),
            bought.Sum(p => p.Quantity),
            bought.Sum(p => p.Amount),
            returned.Sum(r => r.Quantity),
            returned.Sum(r => r.Amount)
        );

    private Guid? Buyer(LoggedEvent e) => IsErased(e) ? null : e.Customer;

    private bool IsErased(LoggedEvent e) => e.Customer is { } customer && erased.Contains(customer);

    private static IEnumerable<LoggedEvent> Named(IEnumerable<LoggedEvent> log, string name) => log.Where(e => e.Name == name);

    private static long At(LoggedEvent e, string property) => e.Data.GetProperty(property).GetDateTimeOffset().ToUnixTimeMilliseconds();

    private static long Stored(decimal amount) => (long)(amount * 10_000);

    private static string Row(params IEnumerable<object?> columns) =>
        string.Join(" | ", columns.Select(column => Convert.ToString(column, CultureInfo.InvariantCulture)));

    private sealed record Purchase(string Order, Guid Product, Guid? Customer, long Quantity, long Amount, long At);
}
