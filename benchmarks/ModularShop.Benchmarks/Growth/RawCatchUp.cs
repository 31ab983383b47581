using System.Text.Json;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Raw;

namespace ModularShop.Benchmarks.Growth;

/// <summary>The upper limit for a new subscriber: the logs are read and applied with hand-written code.</summary>
internal static class RawCatchUp
{
    private static readonly string[] Sources = ["catalog", "customers", "orders"];

    /// <param name="data">The shop's directory.</param>
    /// <param name="target">A directory with an empty file of PurchaseHistory.</param>
    /// <returns>The number of events.</returns>
    public static string Run(string data, string target)
    {
        using var file = new RawBulkFile(Path.Combine(target, "purchase-history.db"));
        using var purchases = new RawPurchases(file.Connection);
        return FormattableString.Invariant($"{Sources.Sum(source => Follow(source, data, file, purchases))}");
    }

    private static long Follow(string source, string data, RawBulkFile file, RawPurchases purchases)
    {
        using var log = new SqliteConnection($"Data Source={Path.Combine(data, source)}.db;Mode=ReadOnly;Pooling=False");
        log.Open();
        using var events = new RawStatement(log, "SELECT position, event_id, name, payload FROM event_log ORDER BY position");
        var (position, id) = (0L, "");
        while (events.Step())
        {
            Apply(events.Text(2), events.Utf8(3), purchases);
            (position, id) = (events.Number(0), events.Text(1));
            file.EndUnit(() => purchases.Reached(source, position, id));
        }
        purchases.Reached(source, position, id);
        return position;
    }

    private static void Apply(string name, ReadOnlySpan<byte> payload, RawPurchases purchases)
    {
        switch (name)
        {
            // The payloads of the two are alike.
            case "orders.order-placed" or "orders.order-imported":
                var order = JsonSerializer.Deserialize(payload, RawEvents.Default.OrderImported)!;
                purchases.Add(order.OrderId, order.CustomerId, order.PlacedAt, order.Currency, order.Lines);
                break;
            case "catalog.product-added":
                purchases.Learn(JsonSerializer.Deserialize(payload, RawEvents.Default.ProductAdded)!);
                break;
            case "customers.customer-registered":
                purchases.Learn(JsonSerializer.Deserialize(payload, RawEvents.Default.CustomerRegistered)!);
                break;
            default:
                throw new InvalidOperationException($"{name} is not expected in this data.");
        }
    }
}
