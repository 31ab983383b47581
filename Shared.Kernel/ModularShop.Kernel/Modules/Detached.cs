namespace ModularShop.Kernel.Modules;

/// <summary>Starts what goes on for as long as a module lives, and belongs to no request.</summary>
internal static class Detached
{
    public static Task Run(Func<Task> work) => Start(work).Unwrap();

    public static Task<T> Run<T>(Func<Task<T>> work) => Start(work).Unwrap();

    private static Task<T> Start<T>(Func<T> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            // The current scheduler is the thread pool's, but for tests that decide who runs when.
            return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
        }
    }
}
