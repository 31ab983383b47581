using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The single writer of a module. Takes the units of work that are waiting, runs each so that it can be rolled back by
/// itself, commits them together and only then releases their callers, so that one fsync serves them all. Units run one at a
/// time, in the order in which they came: business rules need no locks.
/// </summary>
internal sealed partial class Writer : IAsyncDisposable
{
    /// <summary>The transaction that the running code is in, so that waiting for oneself is refused, not a deadlock.</summary>
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
    private readonly Task loop;
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
        loop = Detached.RunOnThread(Loop);
    }

    /// <summary>Runs a unit of work and returns once it is committed to disk.</summary>
    /// <exception cref="StorageException">SQLite could not write. Nothing of the unit was kept, unless it says that it may be.</exception>
    /// <exception cref="TimeoutException">The unit was over its deadline and was rolled back.</exception>
    public Task<T> Run<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct) =>
        Run(new WriteRequest<T>(work, ct) { Deadline = options.UnitDeadline });

    /// <summary>The same for a unit that changes many rows: it begins a group, so that it costs no savepoint.</summary>
    /// <param name="deadline">How long it may take; null for as long as any unit.</param>
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
        await using (request.GiveUpWhenCancelled())
        {
            return await request.Outcome;
        }
    }

    /// <summary>Whether units of work wait for the one that is running.</summary>
    public bool HasWaiting => queue.Reader.Count > 0;

    /// <summary>Why the last transaction, or something of it, could not be written; null while all is well.</summary>
    public StorageFault? Failure { get; private set; }

    /// <summary>Whether the write-ahead log is longer than it may be, or holds what was erased; it is emptied when a unit has ended.</summary>
    public bool HasToEmptyWal => wal.IsExceeded;

    /// <summary>Whether what was erased may still stand in the write-ahead log, as a reader stays open.</summary>
    public bool WalHoldsErased => wal.HoldsErased;

    /// <summary>For how long a unit has been running that is over its deadline and ignores its cancellation; null while none is.</summary>
    public TimeSpan? Stuck =>
        Interlocked.Read(ref runningSince) is var since
        && since != Nothing
        && clock.GetElapsedTime(since) is var elapsed
        && elapsed.Ticks > Interlocked.Read(ref runningFor)
            ? elapsed
            : null;

    /// <summary>Completes when the last unit has ended, which is after the disposal if one was left behind.</summary>
    public Task Ended => loop;

    /// <summary>Finishes what is waiting, then stops. A unit that does not end in time is left behind, its group rolled back.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (leftBehind)
        {
            return;
        }
        try
        {
            await loop.WaitAsync(options.StopTimeout, clock);
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
            // Whoever may be on disk already hears from the loop how that ended.
            foreach (var request in committing ? [] : group)
            {
                request.Fail(new ModuleStoppingException());
            }
        }
        LogLeftBehind(options.StopTimeout);
    }

    private async Task Loop()
    {
        EmptyWalIfDue();
        while (!leftBehind && await queue.Reader.WaitToReadAsync())
        {
            lock (ending)
            {
                group.Clear();
                committing = false;
            }
            try
            {
                transaction.Begin();
            }
            catch (Exception e)
            {
                LogBeginFailed(e);
                RefuseWaiting(transaction.WriterFailed(e));
                await Task.Delay(options.BeginBackoff, clock);
                continue;
            }
            await RunGroup();
            EmptyWalIfDue();
        }
    }

    private async Task RunGroup()
    {
        long commitStarted;
        try
        {
            while (TryTake() is { } request)
            {
                if (group.Count > 1)
                {
                    faults.Reach(FaultPoint.MidGroup);
                }
                await RunUnit(request);
            }
            faults.Reach(FaultPoint.BeforeCommit);
            commitStarted = clock.GetTimestamp();
            Commit();
            Failure = group.Select(request => OfFile(request.Failure)).FirstOrDefault(fault => fault is not null);
        }
        catch (TransactionEndedException e)
        {
            // Nothing is wrong with the file, and the unit that did it knows already.
            LogGroupEnded(e.InnerException!, group.Count);
            Abandon(new StorageException(StorageFault.Ended));
            return;
        }
        catch (Exception e)
        {
            LogGroupFailed(e, group.Count);
            var failure = transaction.WriterFailed(e);
            Failure = failure.Fault;
            Abandon(failure);
            return;
        }
        // From here on all is on disk, and nobody is told otherwise.
        try
        {
            faults.Reach(FaultPoint.AfterCommit);
            transaction.PublishCommitted();
            metrics.Committed(group.Count, clock.GetElapsedTime(commitStarted));
        }
        catch (Exception e)
        {
            LogAfterCommitFailed(e);
        }
        if (transaction.HasErased)
        {
            // Before anybody is told that it is erased; when a reader is in the way, as soon as it is gone.
            wal.MarkErasure();
            EmptyWalIfDue();
        }
        foreach (var request in group)
        {
            request.Complete();
        }
    }

    private void EmptyWalIfDue()
    {
        if (leftBehind)
        {
            return; // The file is its successor's now.
        }
        try
        {
            wal.EmptyIfDue();
        }
        catch (SqliteException e)
        {
            transaction.Failed(e); // Damage is made known; all else is tried again.
            LogWalNotEmptied(e);
        }
    }

    private WriteRequest? TryTake()
    {
        lock (ending)
        {
            if (
                leftBehind
                || group.Count == options.MaxGroup
                || !queue.Reader.TryPeek(out var request)
                || (request.BeginsGroup && group.Count > 0)
            )
            {
                return null;
            }
            queue.Reader.TryRead(out _);
            group.Add(request);
            return request;
        }
    }

    private void Commit()
    {
        lock (ending)
        {
            if (leftBehind)
            {
                throw new ModuleStoppingException(); // The callers were told that nothing was kept.
            }
            committing = true;
            transaction.Commit();
        }
    }

    // Throws only when the whole group is lost.
    private async Task RunUnit(WriteRequest request)
    {
        if (!request.TryBegin() || request.CallerToken.IsCancellationRequested)
        {
            request.Failure = new OperationCanceledException(request.CallerToken);
            return;
        }
        var started = clock.GetTimestamp();
        using var timeout = new CancellationTokenSource(request.Deadline, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(request.CallerToken, timeout.Token);
        var unit = transaction.BeginUnit(isFirst: group.Count == 1);
        Interlocked.Exchange(ref runningFor, request.Deadline.Ticks);
        Interlocked.Exchange(ref runningSince, started);
        try
        {
            // A statement does not look at the token. A caller that gives up does not interrupt: it may cost the group.
            await using (timeout.Token.UnsafeRegister(static running => ((WriteTransaction)running!).Interrupt(), transaction))
            {
                await request.Run(transaction, deadline.Token);
            }
            transaction.KeepUnit(unit);
        }
        catch (Exception e)
        {
            request.Failure = Translate(e, request, timeout);
            if (!transaction.IsOpen)
            {
                if (OfFile(request.Failure) is not null)
                {
                    throw request.Failure;
                }
                request.Fail(
                    request.Failure is TimeoutException ? request.Failure : new StorageException(StorageFault.Ended, request.Failure)
                );
                throw new TransactionEndedException(request.Failure);
            }
            transaction.UndoUnit(unit);
        }
        finally
        {
            Interlocked.Exchange(ref runningSince, Nothing);
        }
        var elapsed = clock.GetElapsedTime(started);
        if (elapsed > options.SlowUnit)
        {
            metrics.SlowUnit();
            LogSlowUnit(elapsed.TotalMilliseconds);
        }
    }

    private Exception Translate(Exception exception, WriteRequest request, CancellationTokenSource timeout) =>
        exception switch
        {
            _ when timeout.IsCancellationRequested
                    && !request.CallerToken.IsCancellationRequested
                    && (exception is OperationCanceledException || SqliteErrors.IsInterrupted(exception)) => new TimeoutException(
                $"The unit of work took longer than {request.Deadline} and was rolled back.",
                exception
            ),
            _ => transaction.Failed(exception),
        };

    // Any other is the unit's own, and no matter of the module's health.
    private static StorageFault? OfFile(Exception? failure) =>
        (failure as StorageException) is { Database: not null } own ? own.Fault : null;

    // Whoever waits now would wait in vain, each for as long as it takes SQLite to give up.
    private void RefuseWaiting(StorageException failure)
    {
        Failure = failure.Fault;
        for (var waiting = queue.Reader.Count; waiting > 0 && queue.Reader.TryRead(out var refused); waiting--)
        {
            refused.Fail(failure);
        }
    }

    /// <param name="failure">What those are told who do not know better why they failed.</param>
    private void Abandon(StorageException failure)
    {
        try
        {
            transaction.Rollback();
        }
        catch (SqliteException e)
        {
            LogGroupFailed(e, group.Count);
        }
        foreach (var request in group)
        {
            request.Fail(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "SQLite did not begin a transaction")]
    private partial void LogBeginFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "A transaction of {Units} units of work was lost; each caller is told so")]
    private partial void LogGroupFailed(Exception exception, int units);

    [LoggerMessage(
        LogLevel.Error,
        "A unit of work ended the transaction of {Units} units; nothing of them was kept, and each caller is told so"
    )]
    private partial void LogGroupEnded(Exception exception, int units);

    [LoggerMessage(
        LogLevel.Critical,
        "The events of a committed transaction could not be handed on; subscribers have them with the next ones"
    )]
    private partial void LogAfterCommitFailed(Exception exception);

    [LoggerMessage(
        LogLevel.Error,
        "A unit of work goes on {Timeout} after its module was to stop and is left behind; what waited with it was rolled back"
    )]
    private partial void LogLeftBehind(TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be emptied; it is tried again")]
    private partial void LogWalNotEmptied(Exception exception);

    [LoggerMessage(LogLevel.Warning, "A unit of work held the writer for {Milliseconds:0} ms")]
    private partial void LogSlowUnit(double milliseconds);

    /// <summary>A unit ended the transaction, though nothing is wrong with the file: it rolled back, or its statement was interrupted.</summary>
    private sealed class TransactionEndedException(Exception cause) : Exception(null, cause);
}
