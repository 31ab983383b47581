namespace ModularShop.Kernel.Persistence;

/// <summary>Starts work that runs for as long as a module lives and does not belong to a request.</summary>
internal static class Detached
{
    // The current scheduler is the thread pool's, except in tests that control the order of execution.
    public static Task Run(Func<Task> work) => Start(work, TaskScheduler.Current).Unwrap();

    public static Task Run(Func<Task> work, TaskScheduler scheduler) => Start(work, scheduler).Unwrap();

    public static Task<T> Run<T>(Func<Task<T>> work, TaskScheduler scheduler) => Start(work, scheduler).Unwrap();

    private static Task<T> Start<T>(Func<T> work, TaskScheduler scheduler)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        }
    }
}
