using System.Threading.Channels;
using ModularShop.Benchmarks.Raw;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>Takes the orders that are waiting and commits them as one group; each caller is told after the commit.</summary>
internal sealed class RawWriter(RawFile file, RawOrders orders, TimeProvider clock)
{
    private const int MaxGroup = 256;
    private const int QueueLength = 4096;

    private readonly Channel<Job> jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly RawStatement savepoint = file.Prepare("SAVEPOINT one");
    private readonly RawStatement release = file.Prepare("RELEASE one");
    private readonly RawStatement rollback = file.Prepare("ROLLBACK TO one");
    private long committed = orders.LastPosition;

    /// <summary>Called after a commit.</summary>
    public Action Committed { get; set; } = () => { };

    /// <summary>The position of the last event that is on disk.</summary>
    public long LastPosition => Volatile.Read(ref committed);

    /// <exception cref="RefusedOrderException">It cannot be placed.</exception>
    public async Task<OrderAnswer> Place(OrderRequest request)
    {
        var job = new Job(request);
        await jobs.Writer.WriteAsync(job);
        return await job.Answer.Task;
    }

    /// <summary>Writes until <see cref="Complete"/>, then what is waiting.</summary>
    public async Task Run()
    {
        var group = new List<Job>(MaxGroup);
        while (await jobs.Reader.WaitToReadAsync())
        {
            while (group.Count < MaxGroup && jobs.Reader.TryRead(out var job))
            {
                group.Add(job);
            }
            Write(group);
            group.Clear();
        }
    }

    public void Complete() => jobs.Writer.Complete();

    private void Write(List<Job> group)
    {
        try
        {
            file.Commit(() => group.ForEach(Place));
            Volatile.Write(ref committed, orders.LastPosition);
            Committed();
            group.ForEach(job => job.Tell());
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            group.ForEach(job => job.Answer.TrySetException(e));
        }
    }

    private void Place(Job job)
    {
        savepoint.Run();
        try
        {
            job.Placed = orders.Place(job.Request, clock.GetUtcNow());
        }
        catch (RefusedOrderException e)
        {
            rollback.Run();
            job.Refused = e;
        }
        release.Run();
    }

    private sealed class Job(OrderRequest request)
    {
        public OrderRequest Request => request;

        public TaskCompletionSource<OrderAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OrderAnswer? Placed { get; set; }

        public RefusedOrderException? Refused { get; set; }

        public void Tell()
        {
            if (Placed is not null)
            {
                Answer.SetResult(Placed);
            }
            else
            {
                Answer.SetException(Refused!);
            }
        }
    }
}
