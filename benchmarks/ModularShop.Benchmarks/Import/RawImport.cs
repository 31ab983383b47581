using ModularShop.Benchmarks.Raw;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Import;

/// <summary>The upper limit for an import: one thread writes the rows of all modules' files with hand-written code.</summary>
internal static class RawImport
{
    // As many as the command sends in a request, which is a unit of work.
    private const int InvoicesPerCommit = 100;
    private const string Currency = "GBP";

    /// <param name="path">The file of sales.</param>
    /// <param name="directory">Files as the shop makes them at its first start.</param>
    /// <returns>The number of invoices.</returns>
    public static string Run(string path, string directory)
    {
        var sales = RawSales.Read(path);
        using var history = new RawBulkFile(Path.Combine(directory, "purchase-history.db"));
        using var purchases = new RawPurchases(history.Connection);
        WriteCustomers(sales, Path.Combine(directory, "customers.db"), history, purchases);
        WriteProducts(sales, directory, history, purchases);
        WriteInvoices(sales, Path.Combine(directory, "orders.db"), history, purchases);
        return FormattableString.Invariant($"{sales.Invoices.Count}");
    }

    private static void WriteCustomers(RawSales sales, string path, RawBulkFile history, RawPurchases purchases)
    {
        using var file = new RawBulkFile(path);
        var log = new RawLog("customers", file, history, purchases);
        var insert = file.Insert("customers", "id, number, country, registered_at, version");
        foreach (var (number, (id, country)) in sales.Customers)
        {
            insert.Run(RawPurchases.Id(id), number, country, Now(), 1);
            var registered = new CustomerRegistered(id, number, country);
            log.Append(registered, () => purchases.Learn(registered));
            file.EndUnit();
        }
        log.End();
    }

    private static void WriteProducts(RawSales sales, string directory, RawBulkFile history, RawPurchases purchases)
    {
        using var file = new RawBulkFile(Path.Combine(directory, "catalog.db"));
        using var orders = new RawBulkFile(Path.Combine(directory, "orders.db"));
        var log = new RawLog("catalog", file, history, purchases);
        var insert = file.Insert("products", "id, sku, name, price, currency, is_discontinued, added_at, listed_as_of, version");
        var copy = orders.Insert("product_copies", "product_id, price, currency, is_discontinued");
        foreach (var product in sales.Products.Values)
        {
            var added = new ProductAdded(product.Id, product.Sku, product.Name ?? product.Sku, product.Price, Currency);
            var (id, price) = (RawPurchases.Id(product.Id), ExactDecimal.ToStored(product.Price));
            insert.Run(id, product.Sku, added.Name, price, Currency, 0, Now(), product.PricedAt.ToUnixTimeMilliseconds(), 1);
            copy.Run(id, price, Currency, 0);
            log.Append(added, () => purchases.Learn(added));
            file.EndUnit();
            orders.EndUnit();
        }
        log.End();
    }

    private static void WriteInvoices(RawSales sales, string path, RawBulkFile history, RawPurchases purchases)
    {
        using var file = new RawBulkFile(path, InvoicesPerCommit);
        var log = new RawLog("orders", file, history, purchases);
        var order = file.Insert("orders", "sequence, id, customer_id, placed_at, currency, status, import_number, version");
        var orderLine = file.Insert("order_lines", "order_sequence, position, product_id, quantity, unit_price, bought_at, returned");
        var returned = file.Insert("returns", "sequence, id, customer_id, returned_at, currency, import_number");
        var returnLine = file.Insert("return_lines", "return_sequence, position, product_id, quantity, unit_price");
        var (orders, returns) = (0L, 0L);
        foreach (var invoice in sales.Invoices.Values)
        {
            var (id, buyer, at) = (Guid.CreateVersion7(), Buyer(invoice), invoice.Date.ToUnixTimeMilliseconds());
            List<OrderedLine> lines =
            [
                .. invoice.Lines.Select(line => line.BoughtAt > invoice.Date ? line : line with { BoughtAt = null }),
            ];
            if (invoice.IsReturn)
            {
                returned.Run(++returns, RawPurchases.Id(id), buyer, at, Currency, invoice.Number);
                for (var i = 0; i < lines.Count; i++)
                {
                    returnLine.Run(returns, i + 1, RawPurchases.Id(lines[i].ProductId), lines[i].Quantity, Price(lines[i]));
                }
                var imported = new ReturnImported(id, invoice.CustomerId, invoice.Date, Currency, lines);
                log.Append(imported, () => purchases.Add(imported));
            }
            else
            {
                order.Run(++orders, RawPurchases.Id(id), buyer, at, Currency, "Completed", invoice.Number, 1);
                for (var i = 0; i < lines.Count; i++)
                {
                    var line = lines[i];
                    var boughtAt = line.BoughtAt?.ToUnixTimeMilliseconds();
                    orderLine.Run(orders, i + 1, RawPurchases.Id(line.ProductId), line.Quantity, Price(line), boughtAt, 0);
                }
                var imported = new OrderImported(id, invoice.CustomerId, invoice.Date, Currency, lines);
                log.Append(imported, () => purchases.Add(id, imported.CustomerId, imported.PlacedAt, Currency, lines));
            }
            file.EndUnit();
        }
        log.End();
    }

    private static string? Buyer(RawInvoice invoice) => invoice.CustomerId is { } id ? RawPurchases.Id(id) : null;

    private static long Price(OrderedLine line) => ExactDecimal.ToStored(line.UnitPrice);

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A module's log, and PurchaseHistory as its only subscriber.</summary>
    private sealed class RawLog(string source, RawFile file, RawBulkFile history, RawPurchases purchases)
    {
        private readonly RawStatement insert = file.Insert(
            "event_log",
            "position, event_id, name, version, key, occurred_at, correlation_id, payload"
        );
        private readonly EventSerializer serializer = new();
        private long position;
        private string id = "";

        public void Append(IntegrationEvent added, Action apply)
        {
            var type = EventType.Of(added.GetType());
            id = Guid.CreateVersion7().ToString();
            insert.Run(++position, id, type.Name, type.Version, added.Key, Now(), id, serializer.Serialize(added));
            apply();
            history.EndUnit(() => purchases.Reached(source, position, id));
        }

        public void End() => purchases.Reached(source, position, id);
    }
}
