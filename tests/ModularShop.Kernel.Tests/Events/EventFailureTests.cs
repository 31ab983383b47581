using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>A failure while an event is read or handled belongs to that event, unless the module's own file has failed.</summary>
internal sealed class EventFailureTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_value_that_its_type_refuses_makes_a_dead_letter_and_holds_up_nobody_else()
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([
                new Weighed("barn", new Weight(7)),
                new Weighed("barn", new Weight(2)),
                new Weighed("shed", new Weight(3)),
            ]);
        }
        ModuleFile.Execute(directory, "publisher", "UPDATE event_log SET payload = replace(payload, '7', '-7')");
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);

        var letters = await app.Http.WaitForDeadLetters("reader", 2);

        Assert.That(await reader.Received(1), Is.EqualTo([3]));
        Assert.That(letters.Select(letter => letter.Text("status")), Is.EqualTo(["dead", "parked"]));
        Assert.That(letters[0].Text("error"), Does.Contain("Everything weighs something."));
        Assert.That(letters[0].GetProperty("event").GetProperty("data").GetProperty("weight").Number("grams"), Is.EqualTo(-7));
    }

    [TestCaseSource(typeof(OtherDatabase), nameof(OtherDatabase.Ways))]
    public async Task A_reaction_that_fails_on_another_database_makes_a_dead_letter(string way) =>
        Assert.That(await AssertDeadLetter(() => new OtherDatabase(directory).Fail(way)), Does.StartWith("SqliteException: SQLite Error"));

    private static readonly TestCaseData<Func<Exception>>[] Exceptions =
    [
        new(() => new TimeoutException("Somebody else's.")) { TestName = "a time-out" },
        new(() => new TaskCanceledException("Of an HttpClient.", new TimeoutException())) { TestName = "a time-out of an HttpClient" },
        new(() => new OperationCanceledException("Nobody cancelled.")) { TestName = "a cancellation" },
        new(() => new StorageException(new StorageFault("Mine.", "None.", MayPassByItself: false))) { TestName = "storage, lasting" },
        new(() => new StorageException(new StorageFault("Mine.", "None.", MayPassByItself: true))) { TestName = "storage, passing" },
        new(() => new ModuleStoppingException()) { TestName = "a stop" },
        new(() => new SqliteException("made up", 11)) { TestName = "damage" },
        new(() => new DbUpdateException("outer", new SqliteException("made up", 13))) { TestName = "a full disk" },
        new(() => new SilentException()) { TestName = "no text" },
        new(() => new AggregateException(new SilentException())) { TestName = "no text within" },
    ];

    [TestCaseSource(nameof(Exceptions))]
    public Task Any_exception_of_a_reaction_makes_a_dead_letter(Func<Exception> exception) => AssertDeadLetter(() => throw exception());

    [TestCase("ROLLBACK")]
    [TestCase("COMMIT")]
    [TestCase("INSERT OR ROLLBACK INTO kernel_meta VALUES ('schema', '1')")]
    public Task A_reaction_that_ends_the_transaction_makes_a_dead_letter(string sql) =>
        AssertDeadLetter(() => reader.Services.GetRequiredService<ModuleDatabase>().Writer.Execute(sql));

    [Test]
    public Task A_reaction_that_takes_its_failure_for_none_makes_a_dead_letter() =>
        AssertDeadLetter(() =>
        {
            try
            {
                reader.Services.GetRequiredService<ModuleDatabase>().Writer.Execute("COMMIT");
            }
            catch (SqliteException)
            {
                // The handler ignores the failure.
            }
        });

    [Test]
    public Task A_reaction_that_leaves_a_foreign_key_open_until_the_commit_makes_a_dead_letter() =>
        AssertDeadLetter(() =>
            reader
                .Services.GetRequiredService<ModuleDatabase>()
                .Writer.Execute(
                    """
                    CREATE TABLE parents (id INTEGER PRIMARY KEY);
                    CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
                    INSERT INTO children VALUES (1);
                    """
                )
        );

    [Test]
    public Task A_statement_that_writes_for_too_long_makes_a_dead_letter() =>
        AssertDeadLetter(
            () =>
                reader
                    .Services.GetRequiredService<ModuleDatabase>()
                    .Writer.Execute(
                        """
                        INSERT INTO receipts (position, subject, number, is_replay)
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i), '', 0, 0 FROM n
                        """
                    ),
            ("Kernel:Writer:UnitDeadline", "00:00:00.300"),
            ("Kernel:Delivery:MaxAttempts", "1")
        );

    [Test]
    public async Task A_retry_of_a_letter_that_ends_the_transaction_again_says_so_and_leaves_it_dead()
    {
        reader.WhenHappened = (_, _, _) =>
        {
            reader.Services.GetRequiredService<ModuleDatabase>().Writer.Execute("ROLLBACK");
            return Task.CompletedTask;
        };
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);
        await publisher.Publish(new Happened("bad", 1));
        var letter = (await app.Http.WaitForDeadLetters("reader", 1))[0];

        var answer = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/retry");

        var released = answer.Body;
        Assert.That(released.Number("applied"), Is.Zero);
        Assert.That(released.GetProperty("stoppedBy").Number("attempts"), Is.EqualTo(4));
        Assert.That(released.GetProperty("stoppedBy").Text("error"), Does.Contain("The reaction ended the transaction"));
    }

    [Test]
    public async Task No_attempt_is_counted_while_the_modules_own_file_fails()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);
        await publisher.Publish(new Happened("key", 1));
        await reader.Received(1);
        var handle = reader.Services.GetRequiredService<ModuleDatabase>().Writer.Handle;
        // Many more events than attempts, each too large for the remaining space.
        var begun = 0;
        reader.WhenHappened = (_, _, _) => Task.FromResult(Interlocked.Increment(ref begun));

        Assert.That(SQLitePCL.raw.sqlite3_exec(handle, "PRAGMA max_page_count = 1"), Is.Zero);
        await publisher.Publish(Enumerable.Range(2, 200).Select(number => new Happened(new string('x', 100), number)).ToList());
        await Eventually.True(() => begun > 20);

        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
        await app.Http.WaitForState("reader", "publisher", "retrying");
        Assert.That(SQLitePCL.raw.sqlite3_exec(handle, "PRAGMA max_page_count = 1000000"), Is.Zero);
        Assert.That((await reader.Received(201)).Count, Is.EqualTo(201));
        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
    }

    /// <returns>The error in the dead letter.</returns>
    private async Task<string> AssertDeadLetter(Action fail, params IReadOnlyList<(string Name, string Value)> settings)
    {
        reader.WhenHappened = (happened, _, _) =>
        {
            if (happened.Subject == "bad")
            {
                fail();
            }
            return Task.CompletedTask;
        };
        var all = new Dictionary<string, string?>(Settings.ImpatientRetries);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }
        await using var app = await TestApplication.Start([publisher, reader], directory, all);
        await publisher.Publish([new Happened("good", 1), new Happened("bad", 2), new Happened("good", 3)]);

        var letters = await app.Http.WaitForDeadLetters("reader", 1);

        Assert.That(letters[0].GetProperty("event").Number("position"), Is.EqualTo(2));
        Assert.That(letters[0].Number("attempts"), Is.EqualTo(int.Parse(all["Kernel:Delivery:MaxAttempts"]!)));
        Assert.That(await reader.Received(2), Is.EqualTo([1, 3]));
        Assert.That(app.Quarantined, Is.Empty);
        var entries = (await app.Http.Json("/health/ready")).GetProperty("entries");
        Assert.That(entries.GetProperty("module reader").Text("status"), Is.EqualTo("healthy"));
        return letters[0].Text("error");
    }

    /// <summary>An exception whose message and text cannot be read.</summary>
    private sealed class SilentException : Exception
    {
        public override string Message => throw new InvalidOperationException("No comment.");

        public override string ToString() => throw new InvalidOperationException("No comment.");
    }
}
