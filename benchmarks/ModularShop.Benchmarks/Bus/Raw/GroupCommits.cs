using System.Threading.Channels;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>
/// Commits waiting orders together, with prepared statements; the subscriber upserts in batches and moves a checkpoint.
/// No modules, no EF Core, no retries: the upper limit.
/// </summary>
internal sealed class GroupCommits : IBus
{
    public const string Name = "raw group commit";

    private const int MaxGroup = 256;

    private readonly Channel<(Basket Basket, TaskCompletionSource Accepted)> waiting = Channel.CreateUnbounded<(
        Basket,
        TaskCompletionSource
    )>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Channel<string> published = Channel.CreateUnbounded<string>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
    );

    private readonly Watch watch;
    private readonly Task writing;
    private readonly Task applying;

    private GroupCommits(BusFiles files, Watch watch)
    {
        this.watch = watch;
        writing = Task.Run(() => Write(files.Orders));
        applying = Task.Run(() => Apply(files.Purchases));
        // Otherwise waiting callers would wait forever.
        _ = Task.WhenAny(writing, applying)
            .Unwrap()
            .ContinueWith(
                failed => Environment.FailFast("A raw file could not be written.", failed.Exception),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
    }

    public bool Delivers => true;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate)
    {
        files.Create(RawOrders.Tables, RawPurchases.Tables);
        return Task.FromResult<IBus>(new GroupCommits(files, watch));
    }

    public Task Place(Basket basket)
    {
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return waiting.Writer.TryWrite((basket, accepted)) ? accepted.Task : throw new InvalidOperationException("The bus is stopped.");
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.Complete();
        await writing;
        await applying;
    }

    private async Task Write(string path)
    {
        using var orders = new RawOrders(path);
        var group = new List<(long Number, TaskCompletionSource Accepted, string Payload)>(MaxGroup);
        while (await waiting.Reader.WaitToReadAsync())
        {
            orders.Begin();
            while (group.Count < MaxGroup && waiting.Reader.TryRead(out var request))
            {
                group.Add((request.Basket.Number, request.Accepted, orders.Insert(request.Basket)));
            }
            orders.Commit();
            foreach (var (number, accepted, payload) in group)
            {
                watch.Committed(number);
                _ = published.Writer.TryWrite(payload);
                accepted.SetResult();
            }
            group.Clear();
        }
        published.Writer.Complete();
    }

    private async Task Apply(string path)
    {
        using var purchases = new RawPurchases(path);
        var batch = new List<long>(MaxGroup);
        while (await published.Reader.WaitToReadAsync())
        {
            purchases.Begin();
            while (batch.Count < MaxGroup && published.Reader.TryRead(out var payload))
            {
                batch.Add(purchases.Upsert(payload));
            }
            purchases.Commit(batch.Count);
            batch.ForEach(watch.Applied);
            batch.Clear();
        }
    }
}
