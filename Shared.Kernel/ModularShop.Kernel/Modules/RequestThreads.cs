using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// Limits the number of threads that a module's requests use at the same time, even if they block them. A request begins on the thread
/// that received it, without a switch to another one, unless the limit is reached.
/// </summary>
/// <param name="limit">The number of threads.</param>
/// <param name="cpu">Counts the processor time of the requests.</param>
internal sealed class RequestThreads(int limit, ModuleCpu cpu) : TaskScheduler
{
    [ThreadStatic]
    private static RequestThreads? current;

    private readonly Queue<Task> waiting = new();
    private int used;

    public override int MaximumConcurrencyLevel => limit;

    /// <summary>Starts the work on the calling thread, or on a thread of the pool as soon as the limit allows it.</summary>
    public Task Run(Func<Task> work)
    {
        var task = new Task<Task>(work, TaskCreationOptions.DenyChildAttach);
        if (!TryUse())
        {
            task.Start(this);
            return task.Unwrap();
        }
        var before = current;
        current = this;
        try
        {
            using var part = cpu.Begin();
            task.RunSynchronously(this);
        }
        finally
        {
            current = before;
            if (Next() is { } next)
            {
                RunOnPool(next);
            }
        }
        return task.Unwrap();
    }

    protected override void QueueTask(Task task)
    {
        if (TryUse(otherwiseQueue: task))
        {
            RunOnPool(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (waiting)
        {
            return [.. waiting];
        }
    }

    // In one step: a thread that becomes free in between would not see the task.
    private bool TryUse(Task? otherwiseQueue = null)
    {
        lock (waiting)
        {
            if (used < limit)
            {
                used++;
                return true;
            }
            if (otherwiseQueue is not null)
            {
                waiting.Enqueue(otherwiseQueue);
            }
            return false;
        }
    }

    // Gives the thread back if nothing waits for one.
    private Task? Next()
    {
        lock (waiting)
        {
            if (waiting.TryDequeue(out var next))
            {
                return next;
            }
            used--;
            return null;
        }
    }

    private void Execute(Task task)
    {
        using var part = cpu.Begin();
        TryExecuteTask(task);
    }

    private void RunOnPool(Task first) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static run =>
            {
                var (threads, next) = run;
                current = threads;
                try
                {
                    for (Task? task = next; task is not null; task = threads.Next())
                    {
                        threads.Execute(task);
                    }
                }
                finally
                {
                    current = null;
                }
            },
            (this, first),
            preferLocal: false
        );
}
