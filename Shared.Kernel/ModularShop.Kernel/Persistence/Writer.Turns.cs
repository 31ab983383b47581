using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>Runs one group of waiting units after the other, on the thread that has the turn.</summary>
internal sealed partial class Writer
{
    private void Start(WriteRequest request)
    {
        // A caller runs its own unit only: not one that came before it, and not if another thread has taken its unit already. The batch
        // of a pump always runs on the writer's thread: it is long, and must not block the thread of its pump.
        if (!request.BeginsGroup && queue.Reader.TryPeek(out var first) && first == request)
        {
            turn.RunHere(RunGroupHere);
        }
        else
        {
            turn.RunOnThread(RunGroups);
        }
    }

    // On the writer's thread: runs groups until no unit waits.
    private async Task RunGroups()
    {
        do
        {
            EmptyWalIfDue();
            while (!leftBehind && HasWaiting)
            {
                await RunNextGroup();
                EmptyWalIfDue();
            }
        } while (!IsTurnOver());
    }

    // On a caller's thread: runs the group that its unit begins. The writer's thread does what else there is to do.
    private async Task RunGroupHere()
    {
        await RunNextGroup();
        if (wal.IsExceeded || !IsTurnOver())
        {
            turn.RunOnThread(RunGroups);
        }
    }

    /// <summary>Ends the turn. Returns false if there is more to do and nobody else does it.</summary>
    private bool IsTurnOver()
    {
        if (queue.Reader.Completion.IsCompleted)
        {
            turn.End();
            return true;
        }
        turn.Release();
        return !(HasWaiting || queue.Reader.Completion.IsCompleted) || !turn.TryTake();
    }

    private async Task RunNextGroup()
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
            return;
        }
        await RunGroup();
    }

    private void EmptyWalIfDue()
    {
        if (leftBehind)
        {
            return; // A new instance of the module may use the file now.
        }
        try
        {
            wal.EmptyIfDue();
        }
        catch (Exception e)
        {
            // The writer must continue after any failure here: the callers, whose changes are committed, wait for its answer.
            LogWalNotEmptied(e);
            transaction.Failed(e); // Reports damage. Other failures are tried again.
        }
    }

    // All waiting units are refused at once. Each of them would wait for SQLite's full time-out otherwise.
    private void RefuseWaiting(StorageException failure)
    {
        Failure = failure.Fault;
        for (var waiting = queue.Reader.Count; waiting > 0 && queue.Reader.TryRead(out var refused); waiting--)
        {
            refused.Fail(failure);
        }
    }
}
