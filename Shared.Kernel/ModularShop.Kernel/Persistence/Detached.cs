namespace ModularShop.Kernel.Persistence;

/// <summary>Starts what goes on for as long as a module lives, and belongs to no request.</summary>
internal static class Detached
{
    // The current scheduler is the thread pool's, but for tests that decide who runs when.
    public static Task Run(Func<Task> work) => Start(work, TaskScheduler.Current).Unwrap();

    public static Task<T> Run<T>(Func<Task<T>> work, TaskScheduler scheduler) => Start(work, scheduler).Unwrap();

    /// <summary>The same on a thread of its own, which ends with the work; but for those tests.</summary>
    public static Task RunOnThread(Func<Task> work)
    {
        if (TaskScheduler.Current != TaskScheduler.Default)
        {
            return Run(work);
        }
        var thread = new WriterThread();
        var running = Start(work, thread).Unwrap();
        running.ContinueWith(_ => thread.Dispose(), TaskScheduler.Default);
        return running;
    }

    private static Task<T> Start<T>(Func<T> work, TaskScheduler scheduler)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        }
    }
}
