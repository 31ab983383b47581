namespace ModularShop.Kernel.Persistence;

/// <summary>
/// A thread on which a module's writer runs all its units. What SQLite allocates for the writer then comes from one heap of
/// the C library: written from whichever thread of the pool, it left as much memory unused in every thread's heap.
/// </summary>
internal sealed class WriterThread : TaskScheduler, IDisposable
{
    private readonly Queue<Task> tasks = new();
    private bool ending;

    public WriterThread() => new Thread(Work) { IsBackground = true, Name = "Writer" }.Start();

    /// <summary>Lets the thread end when it has done what it was given.</summary>
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
        // What a unit set going and did not wait for may outlive the writer.
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
