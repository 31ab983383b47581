namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The thread of a module's writer. A module that blocks all threads of its requests does not stop it, and the batches of its pumps take
/// no thread from the pool.
/// </summary>
internal sealed class WriterThread : TaskScheduler
{
    private readonly Queue<Task> tasks = new();
    private bool ending;
    private Task? here;

    public WriterThread() => new Thread(Work) { IsBackground = true, Name = "Writer" }.Start();

    /// <summary>Starts the work on the calling thread. One caller at a time.</summary>
    public Task RunHere(Func<Task> work)
    {
        var running = new Task<Task>(work, TaskCreationOptions.DenyChildAttach);
        here = running;
        // A continuation would prefer the caller's context to this scheduler.
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

    // Continuations of a unit are queued, wherever their wait ended.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => task == here && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. tasks];

    private void Work()
    {
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
