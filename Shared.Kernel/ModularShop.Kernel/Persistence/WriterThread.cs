namespace ModularShop.Kernel.Persistence;

/// <summary>
/// A thread that runs all units of a module's writer. SQLite's allocations for the writer then come from one heap of the C library. On
/// the threads of the pool, unused memory remained in the heap of each thread.
/// </summary>
internal sealed class WriterThread : TaskScheduler, IDisposable
{
    private readonly Queue<Task> tasks = new();
    private bool ending;

    public WriterThread() => new Thread(Work) { IsBackground = true, Name = "Writer" }.Start();

    /// <summary>Lets the thread end when its queued tasks are done.</summary>
    public void Dispose()
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

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

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
