namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The thread of a module's writer. A module that blocks all threads of its requests does not stop it, and the batches of its pumps take
/// no thread from the pool.
/// </summary>
internal sealed class WriterThread : TaskScheduler
{
    private readonly Queue<Task> tasks = new();
    private bool ending;
    private ExecutionContext? empty;
    private Task? here;

    public WriterThread() => new Thread(Work) { IsBackground = true, Name = "Writer" }.UnsafeStart();

    /// <summary>Starts the work on the calling thread. One caller at a time.</summary>
    public Task RunHere(Func<Task> work)
    {
        // What the writer logs of other callers' units must not carry the scopes and activity of this caller.
        var running = new Task<Task>(() => StartEmpty(work), TaskCreationOptions.DenyChildAttach);
        here = running;
        // With the caller's SynchronizationContext set, continuations would run there and not on this scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            running.RunSynchronously(this);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
        return running.Unwrap();
    }

    /// <summary>Lets the thread end when its queued tasks are done.</summary>
    public void End()
    {
        lock (tasks)
        {
            ending = true;
            Monitor.Pulse(tasks);
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (tasks)
        {
            if (!ending)
            {
                tasks.Enqueue(task);
                Monitor.Pulse(tasks);
                return;
            }
        }
        // A task that a unit started and did not await may run after the writer has ended.
        ThreadPool.UnsafeQueueUserWorkItem(late => TryExecuteTask(late), task, preferLocal: false);
    }

    // Never inline: a continuation runs on this thread, whichever thread completed its wait. Only RunHere starts work elsewhere.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => task == here && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. tasks];

    private Task StartEmpty(Func<Task> work)
    {
        if (empty is null)
        {
            return work();
        }
        var started = Task.CompletedTask;
        ExecutionContext.Run(empty, _ => started = work(), null);
        return started;
    }

    private void Work()
    {
        empty = ExecutionContext.Capture();
        while (Next() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    private Task? Next()
    {
        lock (tasks)
        {
            while (tasks.Count == 0 && !ending)
            {
                Monitor.Wait(tasks);
            }
            return tasks.TryDequeue(out var next) ? next : null;
        }
    }
}
