using System.Text.Json;
using ModularShop.Benchmarks.Raw;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>The publisher's file with prepared statements: a row for the order, a row for its event.</summary>
internal sealed class RawOrders : IDisposable
{
    public const string Tables =
        Order.Table
        + """
            CREATE TABLE event_log (
                position    INTEGER PRIMARY KEY AUTOINCREMENT,
                event_id    TEXT NOT NULL,
                name        TEXT NOT NULL,
                occurred_at INTEGER NOT NULL,
                payload     TEXT NOT NULL
            );
            """;

    private readonly RawFile file;
    private readonly RawStatement order;
    private readonly RawStatement log;

    public RawOrders(string path)
    {
        file = new RawFile(path);
        order = file.Prepare("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)");
        log = file.Insert("event_log", "event_id, name, occurred_at, payload");
    }

    public void Begin() => file.Begin();

    /// <returns>The event as it stands in the log.</returns>
    public string Insert(Basket basket)
    {
        var placed = basket.Place(TimeProvider.System.GetUtcNow());
        var payload = JsonSerializer.Serialize(placed);
        order.Run(
            placed.OrderId.ToString(),
            placed.Number,
            placed.CustomerId.ToString(),
            placed.PlacedAt.ToUnixTimeMilliseconds(),
            placed.Currency,
            placed.Total
        );
        log.Run(Guid.CreateVersion7(placed.PlacedAt).ToString(), nameof(OrderPlaced), placed.PlacedAt.ToUnixTimeMilliseconds(), payload);
        return payload;
    }

    public void Commit() => file.Commit();

    public void Dispose() => file.Dispose();
}
