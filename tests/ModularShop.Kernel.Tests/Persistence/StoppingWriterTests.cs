using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>A writer that is left behind: what its callers are told, and what the next instance finds in the file.</summary>
internal sealed class StoppingWriterTests
{
    private static readonly KernelOptions Impatient = new() { Writer = new WriterOptions { StopTimeout = TimeSpan.FromMilliseconds(200) } };

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_commit_during_a_stop_that_timed_out_is_reported_as_committed()
    {
        var committed = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        var file = LogFile.Open(directory, "ledger", Impatient, (_, point) => Reach(point));
        var unit = Task.Run(() => file.Writer.Run((_, _) => Task.FromResult("kept"), CancellationToken.None));
        await committed.Task;

        await file.Writer.DisposeAsync();
        goOn.Set();

        Assert.That(await unit, Is.EqualTo("kept"));
        await file.Writer.Ended;
        await file.DisposeAsync();

        void Reach(FaultPoint point)
        {
            if (point == FaultPoint.AfterCommit)
            {
                committed.SetResult();
                goOn.Wait();
            }
        }
    }

    [Test]
    public async Task A_unit_that_is_left_behind_in_the_middle_of_a_result_holds_the_file_no_longer()
    {
        var (reading, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var left = LogFile.Open(directory, "ledger", Impatient);
        var unit = left.Writer.Run(
            async (transaction, _) =>
            {
                transaction.WriteSomething();
                using var select = transaction.Connection.CreateCommand();
                select.CommandText = "SELECT name FROM kernel_meta";
                using var rows = select.ExecuteReader();
                rows.Read();
                reading.SetResult();
                await goOn.Task;
                return 0;
            },
            CancellationToken.None
        );
        await reading.Task;

        await left.Writer.DisposeAsync();

        await Assert.ThatAsync(() => unit, Throws.TypeOf<ModuleStoppingException>());
        await using (var next = LogFile.Open(directory, "ledger", Impatient))
        {
            await next.Writer.Run((transaction, _) => Written(transaction), CancellationToken.None);
        }
        goOn.SetResult();
        await left.Writer.Ended;
        await left.DisposeAsync();
    }

    private static Task<int> Written(WriteTransaction transaction)
    {
        transaction.WriteSomething();
        return Task.FromResult(0);
    }
}
