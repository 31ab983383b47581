using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The thread of a module's writer. A module that blocks all threads of its requests does not stop it, and the batches of its pumps take
/// no thread from the pool.
/// </summary>
internal sealed class WriterThread : TaskScheduler
{
    private readonly Queue<Task> tasks = new();
    private volatile int id;
    private bool ending;
    private ExecutionContext? empty; // Set before the thread passes its first turn on.
    private Task? here;

    public WriterThread() => new Thread(Work) { IsBackground = true, Name = "Writer" }.UnsafeStart();

    /// <summary>The processor time that the thread has used; null when it is not known, or has ended.</summary>
    public TimeSpan? CpuTime => id == 0 ? null : ThreadTime.Of(id);

    /// <summary>Starts the work on the calling thread. One caller at a time.</summary>
    public Task RunHere(Func<Task> work)
    {
        var running = Task.CompletedTask;
        // What the writer logs of other callers' units must not carry the scopes and activity of this caller.
        ExecutionContext.Run(empty!, _ => running = StartHere(work), null);
        return running;
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

    private Task StartHere(Func<Task> work)
    {
        // With the caller's SynchronizationContext set, continuations would run there and not on this scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var starting = new Task<Task>(work, TaskCreationOptions.DenyChildAttach);
            here = starting;
            starting.RunSynchronously(this);
            return starting.Unwrap();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Work()
    {
        id = ThreadTime.IsKnown ? ThreadTime.CallerId : 0;
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
