using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Raw;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>Follows the log in its file as soon as it has grown: many events a transaction, which also moves the checkpoint.</summary>
internal sealed class RawSubscriber : IDisposable
{
    private const int BatchSize = 256;

    private readonly Channel<bool> wakeUp = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly RawFile file;
    private readonly RawPurchases history;
    private readonly SqliteConnection log;
    private readonly RawStatement read;
    private long position;

    public RawSubscriber(RawFile file, string logFile)
    {
        this.file = file;
        history = new RawPurchases(file.Connection);
        position = (long)file.Connection.Scalar("SELECT position FROM checkpoints WHERE source = 'orders'")!;
        log = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = logFile,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            }.ToString()
        );
        log.Open();
        read = new RawStatement(
            log,
            $"SELECT position, event_id, payload FROM event_log WHERE position > ? ORDER BY position LIMIT {BatchSize}"
        );
    }

    /// <summary>How far it has come.</summary>
    public long Position => Volatile.Read(ref position);

    public void WakeUp() => wakeUp.Writer.TryWrite(true);

    public void Complete() => wakeUp.Writer.Complete();

    /// <summary>Applies what comes until <see cref="Complete"/>.</summary>
    public async Task Run()
    {
        while (await wakeUp.Reader.WaitToReadAsync())
        {
            wakeUp.Reader.TryRead(out _);
            while (ApplyBatch()) { }
        }
    }

    public void Dispose()
    {
        read.Dispose();
        history.Dispose();
        log.Dispose();
    }

    private bool ApplyBatch()
    {
        var events = ReadBatch();
        if (events.Count == 0)
        {
            return false;
        }
        var last = events[^1];
        file.Commit(() =>
        {
            events.ForEach(e => Add(JsonSerializer.Deserialize(e.Payload, EventsJson.Default.OrderPlaced)!));
            history.Reached("orders", last.Position, last.EventId);
        });
        Volatile.Write(ref position, last.Position);
        return true;
    }

    private void Add(OrderPlaced order) => history.Add(order.OrderId, order.CustomerId, order.PlacedAt, order.Currency, order.Lines);

    private List<(long Position, string EventId, string Payload)> ReadBatch()
    {
        var events = new List<(long, string, string)>();
        read.Bind(position);
        while (read.Step())
        {
            events.Add((read.Number(0), read.Text(1), read.Text(2)));
        }
        read.Reset();
        return events;
    }
}
