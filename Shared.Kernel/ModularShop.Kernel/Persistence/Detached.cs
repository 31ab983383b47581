namespace ModularShop.Kernel.Persistence;

/// <summary>Starts work that runs for as long as a module lives and does not belong to a request.</summary>
internal static class Detached
{
    // The current scheduler is the thread pool's, except in tests that control the order of execution.
    public static Task Run(Func<Task> work) => Start(work, TaskScheduler.Current).Unwrap();

    public static Task<T> Run<T>(Func<Task<T>> work, TaskScheduler scheduler) => Start(work, scheduler).Unwrap();

    /// <summary>
    /// Runs the work on a dedicated thread that ends with it. Tests that control the order of execution use their scheduler instead.
    /// </summary>
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
