namespace ModularShop.Simulation.Tests;

/// <summary>Decides what runs next: one step at a time, chosen by the seed among all that could run.</summary>
internal sealed class Scheduler(Random random)
{
    private readonly List<(Lane Lane, Task Task)> ready = [];

    private readonly int thread = Environment.CurrentManagedThreadId;
    private string? stray;

    public bool IsIdle => ready.Count == 0;

    /// <summary>Runs one step of the chosen task.</summary>
    public void Step()
    {
        if (stray is not null)
        {
            throw new InvalidOperationException($"Something ran beside the schedule, so the seed does not say what happens:\n{stray}");
        }
        var chosen = random.Next(ready.Count);
        var (lane, task) = ready[chosen];
        ready[chosen] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        lane.Execute(task);
    }

    public Lane NewLane() => new(this);

    /// <summary>The tasks that one process would run on its thread pool. After a crash none of them runs any more.</summary>
    internal sealed class Lane(Scheduler scheduler) : TaskScheduler
    {
        public bool IsDead { get; private set; }

        public void Die()
        {
            IsDead = true;
            scheduler.ready.RemoveAll(entry => entry.Lane == this);
        }

        public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

        public void Execute(Task task) => TryExecuteTask(task);

        protected override void QueueTask(Task task)
        {
            if (Environment.CurrentManagedThreadId != scheduler.thread)
            {
                scheduler.stray = Environment.StackTrace;
            }
            else if (!IsDead)
            {
                scheduler.ready.Add((this, task));
            }
        }

        // Each step must be chosen by the scheduler.
        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
