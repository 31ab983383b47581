using System.Text.Json;
using Microsoft.Data.Sqlite;
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
    private readonly SqliteCommand order;
    private readonly SqliteCommand log;

    public RawOrders(string path)
    {
        file = new RawFile(path);
        order = file.Prepare("INSERT INTO orders VALUES ($1, $2, $3, $4, $5, $6)", parameters: 6);
        log = file.Prepare("INSERT INTO event_log (event_id, name, occurred_at, payload) VALUES ($1, $2, $3, $4)", parameters: 4);
    }

    public void Begin() => file.Begin();

    /// <returns>The event as it stands in the log.</returns>
    public string Insert(Basket basket)
    {
        var placed = basket.Place(TimeProvider.System.GetUtcNow());
        var payload = JsonSerializer.Serialize(placed);
        RawFile.Run(
            order,
            placed.OrderId.ToString(),
            placed.Number,
            placed.CustomerId.ToString(),
            placed.PlacedAt.ToUnixTimeMilliseconds(),
            placed.Currency,
            placed.Total
        );
        RawFile.Run(
            log,
            Guid.CreateVersion7(placed.PlacedAt).ToString(),
            nameof(OrderPlaced),
            placed.PlacedAt.ToUnixTimeMilliseconds(),
            payload
        );
        return payload;
    }

    public void Commit() => file.Commit();

    public void Dispose() => file.Dispose();
}
