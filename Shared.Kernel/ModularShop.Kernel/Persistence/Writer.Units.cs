using System.Data.Common;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>Runs a group of units, commits it, and reports the outcome to the callers.</summary>
internal sealed partial class Writer
{
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
            // The file is sound, and the caller of the unit that ended the transaction has been told already.
            LogGroupEnded(e.InnerException!, group.Count);
            Abandon(StorageException.GroupEnded());
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
        // Everything is on disk now: no later exception may be reported to the callers as a failure.
        try
        {
            faults.Reach(FaultPoint.AfterCommit);
            transaction.TellCommitted();
            metrics.Committed(group.Count, clock.GetElapsedTime(commitStarted));
        }
        catch (Exception e)
        {
            LogAfterCommitFailed(e);
        }
        if (transaction.HasErased)
        {
            // Empties the log before the caller is told that the data is erased. If a reader uses the log, this happens as soon as the
            // reader has ended.
            wal.MarkErasure();
            EmptyWalIfDue();
        }
        foreach (var request in group)
        {
            request.Complete();
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
        var hasSavepoint = transaction.BeginUnit(isFirst: group.Count == 1);
        Interlocked.Exchange(ref runningFor, request.Deadline.Ticks);
        Interlocked.Exchange(ref runningSince, started);
        try
        {
            // A statement ignores the token, so the deadline interrupts it. Cancellation by the caller does not: SQLite might roll back
            // the group.
            await using (timeout.Token.UnsafeRegister(static running => ((WriteTransaction)running!).Interrupt(), transaction))
            {
                await request.Run(transaction, deadline.Token);
            }
            transaction.KeepUnit(hasSavepoint);
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
                request.Fail(request.Failure is TimeoutException ? request.Failure : StorageException.GroupEnded(request.Failure));
                throw new TransactionEndedException(request.Failure);
            }
            transaction.UndoUnit(hasSavepoint);
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

    // A storage failure without a database belongs to the unit and does not affect the module's health.
    private static StorageFault? OfFile(Exception? failure) =>
        (failure as StorageException) is { Database: not null } own ? own.Fault : null;

    /// <summary>Rolls the group back and reports the failure to its callers.</summary>
    /// <param name="failure">The failure for callers whose own unit did not fail.</param>
    private void Abandon(StorageException failure)
    {
        try
        {
            transaction.RollBackAll();
        }
        catch (DbException e)
        {
            LogGroupFailed(e, group.Count);
        }
        var sawCommittedOnly = true;
        foreach (var request in group)
        {
            request.Fail(OwnFailure(request, sawCommittedOnly) ?? failure);
            sawCommittedOnly &= request.Failure is not null;
        }
    }

    // A "not found" or conflict may depend on rows of an earlier unit in the group, which are rolled back now. Such a caller gets the
    // failure of the group instead.
    private static Exception? OwnFailure(WriteRequest request, bool sawCommittedOnly) =>
        OfFile(request.Failure) is null && (sawCommittedOnly || request.Failure is TimeoutException or OperationCanceledException)
            ? request.Failure
            : null;

    /// <summary>A unit ended the transaction although the file is sound: it rolled back, or its statement was interrupted.</summary>
    private sealed class TransactionEndedException(Exception cause) : Exception(null, cause);
}
