using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>Units run one at a time, on the writer's thread or on that of a caller.</summary>
internal sealed class WriterTurnTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Units_of_callers_and_of_pumps_run_one_at_a_time()
    {
        const int Callers = 8;
        const int Units = 250;
        await using var file = LogFile.Open(directory, "ledger", new KernelOptions());
        var (running, done) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => Call(caller))));

        Assert.That(done, Is.EqualTo(Callers * Units));

        async Task Call(int caller)
        {
            for (var unit = 0; unit < Units; unit++)
            {
                var waits = unit % 3 == 0;
                await (
                    caller % 4 == 0
                        ? file.Writer.RunFirst((transaction, _) => Unit(transaction, waits), CancellationToken.None)
                        : file.Writer.Run((transaction, _) => Unit(transaction, waits), CancellationToken.None)
                );
            }
        }

        async Task<int> Unit(WriteTransaction transaction, bool waits)
        {
            Assert.That(Interlocked.Increment(ref running), Is.EqualTo(1), "units that run");
            transaction.WriteSomething();
            if (waits)
            {
                await Task.Yield();
            }
            Interlocked.Decrement(ref running);
            return ++done;
        }
    }

    [Test]
    public async Task A_unit_that_finds_the_writer_idle_runs_on_its_callers_thread()
    {
        await using var file = LogFile.Open(directory, "ledger", new KernelOptions());
        var (before, after) = (0, "");

        // The writer is idle a moment after it was opened.
        await Eventually.Get(
            async () =>
            {
                var caller = Environment.CurrentManagedThreadId;
                await file.Writer.Run(
                    async (_, _) =>
                    {
                        before = Environment.CurrentManagedThreadId;
                        await Task.Yield();
                        after = Thread.CurrentThread.Name;
                        return 0;
                    },
                    CancellationToken.None
                );
                return before == caller;
            },
            ranHere => ranHere
        );

        Assert.That(after, Is.EqualTo("Writer"), "where it goes on after a wait");
    }

    [Test]
    public async Task A_caller_does_not_run_a_unit_that_came_before_its_own()
    {
        using var goOn = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var file = LogFile.Open(directory, "ledger", new KernelOptions());
        var pump = Task.Run(() => file.Writer.RunFirst((_, _) => BlockUntil(entered, goOn), CancellationToken.None));
        await entered.Task;
        using var timeout = new CancellationTokenSource();

        var caller = file.Writer.Run((_, _) => Task.FromResult(0), timeout.Token);
        await timeout.CancelAsync();

        await Assert.ThatAsync(() => caller, Throws.InstanceOf<OperationCanceledException>(), "it is released although the writer is busy");
        goOn.Set();
        await pump;
    }

    [Test]
    public async Task A_stop_waits_for_a_unit_that_blocks_its_callers_thread()
    {
        using var goOn = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var file = LogFile.Open(directory, "ledger", new KernelOptions());
        var unit = Task.Run(() =>
            file.Writer.Run(
                (transaction, _) =>
                {
                    entered.SetResult();
                    goOn.Wait(CancellationToken.None);
                    transaction.WriteSomething();
                    return Task.FromResult("kept");
                },
                CancellationToken.None
            )
        );
        await entered.Task;

        var stop = file.Writer.DisposeAsync().AsTask();
        var refused = file.Writer.Run((_, _) => Task.FromResult(0), CancellationToken.None);

        await Assert.ThatAsync(() => refused, Throws.TypeOf<ModuleStoppingException>());
        Assert.That(stop.IsCompleted, Is.False);
        goOn.Set();
        Assert.That(await unit, Is.EqualTo("kept"));
        await stop;
        Assert.That(file.Writer.Ended.IsCompletedSuccessfully);
    }

    private static Task<int> BlockUntil(TaskCompletionSource entered, ManualResetEventSlim goOn)
    {
        entered.SetResult();
        goOn.Wait(CancellationToken.None);
        return Task.FromResult(0);
    }
}
