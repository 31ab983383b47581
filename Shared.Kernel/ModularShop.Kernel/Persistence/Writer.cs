using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The single writer of a module. It takes the waiting units of work as a group, runs each one so that it can be rolled back on its
/// own, commits them together and then releases their callers: one fsync serves the whole group. Units run one at a time in the order
/// of their arrival, so business rules need no locks.
/// </summary>
internal sealed partial class Writer : IAsyncDisposable
{
    /// <summary>
    /// The transaction of the running code. A unit that waits for another unit of the same writer is refused, as it would deadlock.
    /// </summary>
    internal static readonly AsyncLocal<WriteTransaction?> Current = new();

    private const long Nothing = long.MinValue;

    private readonly Channel<WriteRequest> queue;
    private readonly List<WriteRequest> group;
    private readonly WriteTransaction transaction;
    private readonly WriterOptions options;
    private readonly KernelMetrics metrics;
    private readonly TimeProvider clock;
    private readonly FaultPoints faults;
    private readonly ILogger logger;
    private readonly WalLimit wal;
    private readonly WriterTurn turn = new();
    private readonly Lock ending = new();
    private long runningSince = Nothing;
    private long runningFor;
    private bool leftBehind;
    private bool committing;

    public Writer(
        WriteTransaction transaction,
        WriterOptions options,
        KernelMetrics metrics,
        TimeProvider clock,
        FaultPoints faults,
        ILogger<Writer> logger
    )
    {
        this.transaction = transaction;
        this.options = options;
        this.metrics = metrics;
        this.clock = clock;
        this.faults = faults;
        this.logger = logger;
        wal = transaction.Limit(options, clock);
        group = new List<WriteRequest>(options.MaxGroup);
        queue = Channel.CreateBounded<WriteRequest>(
            new BoundedChannelOptions(options.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );
        turn.TryTake();
        turn.RunOnThread(RunGroups);
    }

    /// <summary>Runs a unit of work and returns when it is committed to disk.</summary>
    /// <exception cref="StorageException">
    /// SQLite could not write. No change was kept, unless <see cref="StorageException.OutcomeIsUnknown"/> is true.
    /// </exception>
    /// <exception cref="TimeoutException">The unit exceeded its deadline and was rolled back.</exception>
    public Task<T> Run<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct) =>
        Run(new WriteRequest<T>(work, ct) { Deadline = options.UnitDeadline });

    /// <summary>Runs a unit that changes many rows. It begins a group, and therefore needs no savepoint.</summary>
    /// <param name="deadline">How long the unit may take; null for the deadline of ordinary units.</param>
    public Task<T> RunFirst<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct, TimeSpan? deadline = null) =>
        Run(new WriteRequest<T>(work, ct) { BeginsGroup = true, Deadline = deadline ?? options.UnitDeadline });

    private async Task<T> Run<T>(WriteRequest<T> request)
    {
        if (Current.Value == transaction)
        {
            throw new InvalidOperationException(
                "A unit of work cannot wait for another one: the module has one writer, and this unit holds it. Do both in one command."
            );
        }
        try
        {
            await queue.Writer.WriteAsync(request, request.CallerToken);
        }
        catch (ChannelClosedException)
        {
            throw new ModuleStoppingException();
        }
        if (turn.TryTake())
        {
            Start(request);
        }
        await using (request.GiveUpWhenCancelled())
        {
            return await request.Outcome;
        }
    }

    /// <summary>Whether units of work wait for the one that is running.</summary>
    public bool HasWaiting => queue.Reader.Count > 0;

    /// <summary>Why the last transaction, or a part of it, could not be written; null while there is no failure.</summary>
    public StorageFault? Failure { get; private set; }

    /// <summary>Whether the write-ahead log is too long or contains erased data. The writer empties it between units.</summary>
    public bool HasToEmptyWal => wal.IsExceeded;

    /// <summary>Whether the write-ahead log may still contain erased data, because a reader stays open.</summary>
    public bool WalHoldsErased => wal.HoldsErased;

    /// <summary>
    /// How long a unit has been running that exceeded its deadline and ignores its cancellation; null if there is none.
    /// </summary>
    public TimeSpan? Stuck =>
        Interlocked.Read(ref runningSince) is var since
        && since != Nothing
        && clock.GetElapsedTime(since) is var elapsed
        && elapsed.Ticks > Interlocked.Read(ref runningFor)
            ? elapsed
            : null;

    /// <summary>The processor time of the writer's own thread; null when it is not known.</summary>
    public TimeSpan? ThreadCpu => turn.ThreadCpu;

    /// <summary>Completes when the last unit has ended. That is after the disposal if a unit was left behind.</summary>
    public Task Ended => turn.Ended;

    /// <summary>
    /// Runs the waiting units and stops. A unit that does not end in time is left behind, and its group is rolled back.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (leftBehind)
        {
            return;
        }
        if (turn.TryTake())
        {
            turn.RunOnThread(RunGroups);
        }
        try
        {
            await turn.Ended.WaitAsync(options.StopTimeout, clock);
        }
        catch (TimeoutException)
        {
            LeaveBehind();
        }
    }

    private void LeaveBehind()
    {
        lock (ending)
        {
            leftBehind = true;
            transaction.Seal();
            while (queue.Reader.TryRead(out var waiting))
            {
                waiting.Fail(new ModuleStoppingException());
            }
            // If COMMIT has begun, the group reports the real outcome to these callers.
            foreach (var request in committing ? [] : group)
            {
                request.Fail(new ModuleStoppingException());
            }
        }
        LogLeftBehind(options.StopTimeout);
    }
}
