namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The right to run units of work. One thread has it at a time: the writer's own thread, or the thread of a caller whose unit finds the
/// writer idle. Such a caller runs its unit itself, which saves the switch to the writer's thread and back: without other callers,
/// the two switches took a third of the time of a commit.
/// </summary>
internal sealed class WriterTurn
{
    private readonly TaskCompletionSource ended = new();
    private readonly WriterThread? thread;
    private readonly TaskScheduler scheduler;
    private int taken;

    public WriterTurn()
    {
        if (TaskScheduler.Current == TaskScheduler.Default)
        {
            scheduler = thread = new WriterThread();
        }
        else
        {
            scheduler = TaskScheduler.Current; // A test's scheduler, which controls the order of execution.
        }
    }

    /// <summary>Completes when <see cref="End"/> was called. Fails if the work failed.</summary>
    public Task Ended => ended.Task;

    /// <summary>The processor time of the writer's own thread; null when it is not known.</summary>
    public TimeSpan? ThreadCpu => thread?.CpuTime;

    /// <summary>Takes the turn if nobody has it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref taken, 1, 0) == 0;

    /// <summary>Gives the turn back. Afterwards look at the queue again: a caller that found the turn taken has left its unit there.</summary>
    public void Release() => Interlocked.Exchange(ref taken, 0);

    /// <summary>Keeps the turn for good, so that no work runs any more.</summary>
    public void End()
    {
        thread?.End();
        ended.TrySetResult();
    }

    /// <summary>Passes the turn to the writer's thread, with the work to do there.</summary>
    public void RunOnThread(Func<Task> work) => Watch(Detached.Run(work, scheduler));

    /// <summary>Does the work on the calling thread, up to its first wait. What follows a wait runs on the writer's thread.</summary>
    public void RunHere(Func<Task> work) => Watch(thread is null ? work() : thread.RunHere(work));

    // The turn stays taken: nothing may be written after the writer itself has failed.
    private void Fail(Task failed)
    {
        thread?.End();
        ended.TrySetException(failed.Exception?.InnerException ?? new OperationCanceledException());
    }

    private void Watch(Task working)
    {
        if (!working.IsCompletedSuccessfully)
        {
            working.ContinueWith(
                static (failed, turn) => ((WriterTurn)turn!).Fail(failed),
                this,
                CancellationToken.None,
                TaskContinuationOptions.NotOnRanToCompletion,
                TaskScheduler.Default
            );
        }
    }
}
