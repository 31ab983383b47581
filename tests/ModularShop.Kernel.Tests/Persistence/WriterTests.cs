using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class WriterTests
{
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task Commands_that_wait_share_one_commit()
    {
        // A unique module name, because the meter counts for the whole process.
        var metered = new FixtureModule("metered");
        await using var app = await TestApplication.Start(metered);
        using var counter = new CommitCounter("metered");
        var gate = new TaskCompletionSource();

        var blocking = Hold(metered, gate);
        var waiting = Enumerable.Range(0, 100).Select(_ => metered.Send(new Do.Command((_, _) => Task.CompletedTask))).ToList();
        gate.SetResult();
        await Task.WhenAll([blocking, .. waiting]);

        Assert.That(counter.Units, Is.EqualTo(101));
        Assert.That(counter.Commits, Is.EqualTo(1));
    }

    [Test]
    public async Task A_unit_that_fails_harms_no_other_of_its_group()
    {
        await using var app = await TestApplication.Start(ledger);
        var gate = new TaskCompletionSource();

        var blocking = Hold(ledger, gate);
        var before = ledger.Send(new AddEntry.Command("before"));
        var failing = ledger.Send(new AddEntry.Command("failing", FailAtTheEnd: true));
        var after = ledger.Send(new AddEntry.Command("after"));
        gate.SetResult();
        await Task.WhenAll(blocking, before, after);

        await Assert.ThatAsync(() => failing, Throws.Exception.With.Message.EqualTo("Told to fail."));
        Assert.That(await ledger.Entries(), Is.EqualTo(["after", "before"]));
        Assert.That((await app.Http.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_unit_over_its_deadline_is_rolled_back_and_reported()
    {
        var clock = new MovedClock();
        var begun = new TaskCompletionSource();
        await using var app = await TestApplication.Start([ledger], directory: null, clock: clock);

        var endless = ledger.Send(
            new Do.Command(
                async (services, ct) =>
                {
                    await services.GetRequiredService<ISender>().Send(new AddEntry.Command("endless"), ct);
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, ct);
                }
            )
        );
        await begun.Task;
        clock.Move(2 * new WriterOptions().UnitDeadline);

        await Assert.ThatAsync(() => endless, Throws.TypeOf<TimeoutException>().With.Message.Contains("rolled back"));
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["next"]));
    }

    [Test]
    public async Task A_statement_that_does_not_end_is_ended_at_the_deadline()
    {
        var settings = new Dictionary<string, string?> { ["Kernel:Writer:UnitDeadline"] = "00:00:00.500" };
        await using var app = await TestApplication.Start([ledger], directory: null, settings);

        var endless = new Do.Command(
            async (services, ct) =>
            {
                await services.GetRequiredService<ISender>().Send(new AddEntry.Command("endless"), ct);
                await services
                    .GetRequiredService<FixtureDb>()
                    .Database.SqlQueryRaw<long>(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS Value FROM n"
                    )
                    .ToListAsync(ct);
            }
        );

        await Assert.ThatAsync(
            () => ledger.Send(endless).WaitAsync(TimeSpan.FromSeconds(20)),
            Throws.TypeOf<TimeoutException>().With.Message.Contains("rolled back")
        );
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["next"]));
    }

    [Test]
    public async Task A_unit_that_waits_for_another_is_refused_and_no_deadlock()
    {
        await using var app = await TestApplication.Start(ledger);

        var nested = new Do.Command((_, ct) => ledger.Send(new AddEntry.Command("inner"), ct));

        await Assert.ThatAsync(
            () => ledger.Send(nested).WaitAsync(TimeSpan.FromSeconds(20)),
            Throws.InvalidOperationException.With.Message.Contains("cannot wait for another one")
        );
    }

    [Test]
    public async Task A_command_sent_within_a_unit_joins_it()
    {
        await using var app = await TestApplication.Start(ledger);

        var failing = new Do.Command(
            async (services, ct) =>
            {
                await services.GetRequiredService<ISender>().Send(new AddEntry.Command("inner"), ct);
                throw new InvalidOperationException("The outer one fails.");
            }
        );

        await Assert.ThatAsync(() => ledger.Send(failing), Throws.InvalidOperationException);
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task When_SQLite_ends_the_transaction_the_whole_group_is_told()
    {
        await using var app = await TestApplication.Start(ledger);
        var gate = new TaskCompletionSource();

        var blocking = Hold(ledger, gate);
        var innocent = ledger.Send(new AddEntry.Command("innocent"));
        var culprit = ledger.Send(
            new Do.Command((services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync("ROLLBACK", ct))
        );
        gate.SetResult();

        await Assert.ThatAsync(() => blocking, Throws.TypeOf<StorageException>());
        await Assert.ThatAsync(() => innocent, Throws.TypeOf<StorageException>());
        await Assert.ThatAsync(() => culprit, Throws.TypeOf<StorageException>());
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["next"]));
        Assert.That((await app.Http.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1]));
    }

    [Test]
    public async Task In_an_ended_group_a_unit_gets_its_own_failure_unless_it_may_depend_on_rolled_back_rows()
    {
        await using var app = await TestApplication.Start(ledger);
        var gate = new TaskCompletionSource();

        var first = ledger.Send(
            new Do.Command(
                async (_, ct) =>
                {
                    await gate.Task.WaitAsync(ct);
                    throw new NotFoundException("entry", 1);
                }
            )
        );
        var second = ledger.Send(new Do.Command((_, _) => throw new NotFoundException("entry", 2)));
        var kept = ledger.Send(new AddEntry.Command("kept"));
        var duplicate = ledger.Send(new AddEntry.Command("kept"));
        var culprit = ledger.Send(
            new Do.Command((services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync("ROLLBACK", ct))
        );
        gate.SetResult();

        await Assert.ThatAsync(() => first, Throws.TypeOf<NotFoundException>());
        await Assert.ThatAsync(() => second, Throws.TypeOf<NotFoundException>());
        const string Ended = "The transaction was rolled back by one of the units of work that shared it.";
        foreach (var unit in (Task[])[kept, duplicate, culprit])
        {
            await Assert.ThatAsync(() => unit, Throws.TypeOf<StorageException>().With.Message.EqualTo(Ended));
        }
        await ledger.Send(new AddEntry.Command("kept"));
    }

    [TestCase("ROLLBACK")]
    [TestCase("COMMIT")]
    public async Task A_unit_that_goes_on_after_its_transaction_ended_leaves_nothing(string end)
    {
        await using var app = await TestApplication.Start(ledger);

        var goingOn = new Do.Command(
            async (services, ct) =>
            {
                var sender = services.GetRequiredService<ISender>();
                await sender.Send(new AddEntry.Command("before"), ct);
                foreach (var subject in (string[])["after", "after that"])
                {
                    try
                    {
                        await services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync(end, ct);
                        await sender.Send(new AddEntry.Command(subject), ct);
                    }
                    catch (Exception e) when (e is SqliteException or DbUpdateException)
                    {
                        // The handler ignores the failure.
                    }
                }
            }
        );

        await Assert.ThatAsync(() => ledger.Send(goingOn), Throws.TypeOf<StorageException>());
        Assert.That(await ledger.Entries(), Is.Empty);
        Assert.That(await app.Http.Events("ledger"), Is.Empty);
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That((await app.Http.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1]));
    }

    [Test]
    public async Task A_caller_who_gave_up_while_waiting_has_changed_nothing()
    {
        await using var app = await TestApplication.Start(ledger);
        var gate = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();

        var blocking = Hold(ledger, gate);
        var impatient = ledger.Send(new AddEntry.Command("impatient"), cancellation.Token);
        await cancellation.CancelAsync();
        gate.SetResult();

        await blocking;
        await Assert.ThatAsync(() => impatient, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task A_query_neither_waits_for_the_writer_nor_sees_what_is_not_committed()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("committed"));
        var (inserted, gate) = (new TaskCompletionSource(), new TaskCompletionSource());

        var pending = ledger.Send(
            new Do.Command(
                async (services, ct) =>
                {
                    await services.GetRequiredService<ISender>().Send(new AddEntry.Command("pending"), ct);
                    inserted.SetResult();
                    await gate.Task.WaitAsync(ct);
                }
            )
        );
        await inserted.Task;

        Assert.That(await ledger.Entries(), Is.EqualTo(["committed"]));
        gate.SetResult();
        await pending;
        Assert.That(await ledger.Entries(), Is.EqualTo(["committed", "pending"]));
    }

    [Test]
    public async Task Acknowledged_changes_are_on_disk()
    {
        await using var app = await TestApplication.Start(ledger);
        var pragmas = new Dictionary<string, long>();

        await ledger.Writer.Run(
            (transaction, _) =>
            {
                using var command = transaction.Connection.CreateCommand();
                command.CommandText = "PRAGMA synchronous";
                pragmas["synchronous"] = (long)command.ExecuteScalar()!;
                command.CommandText = "PRAGMA foreign_keys";
                pragmas["foreign_keys"] = (long)command.ExecuteScalar()!;
                return Task.FromResult(0);
            },
            default
        );

        const int Full = 2;
        Assert.That(pragmas["synchronous"], Is.EqualTo(Full));
        Assert.That(pragmas["foreign_keys"], Is.EqualTo(1));
    }

    // The writer runs a unit until the gate opens, so that everything sent meanwhile joins its group.
    private static Task<Unit> Hold(FixtureModule module, TaskCompletionSource gate) =>
        module.Send(new Do.Command((_, ct) => gate.Task.WaitAsync(ct)));
}
