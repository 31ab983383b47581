using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class SqlTests
{
    private const string Insert = "INSERT INTO entries (id, subject, version) VALUES ($id, $subject, $version)";
    private const string Find = "SELECT version FROM entries WHERE subject = $subject";

    private readonly FixtureModule ledger = new("ledger");

    [TestCase("", 1)]
    [TestCase("lantern", 1)]
    [TestCase("Ärmelbrett, 灯台, 🕯", 1)]
    [TestCase("Ärmelbrett, 灯台, 🕯", 1000)]
    public async Task What_a_statement_writes_is_what_EF_Core_reads(string word, int times)
    {
        var subject = string.Concat(Enumerable.Repeat(word, times));
        await using var app = await TestApplication.Start(ledger);
        var id = Guid.CreateVersion7();

        await InUnit(db => db.Execute(Insert, ("$version", 7L), ("$id", id), ("$subject", subject)));

        var entry = await ledger.Read(db => db.Entries.SingleAsync(e => e.Id == id));
        Assert.That((entry.Subject, entry.Version), Is.EqualTo((subject, 7)));
    }

    [Test]
    public async Task A_statement_tells_how_many_rows_it_changed_and_a_query_its_first_value()
    {
        await using var app = await TestApplication.Start(ledger);
        await InUnit(db =>
        {
            Assert.That(db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "first"), ("$version", 1)), Is.EqualTo(1));
            Assert.That(db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "second"), ("$version", 2)), Is.EqualTo(1));
            Assert.That(db.Execute("UPDATE entries SET version = version + 1"), Is.EqualTo(2));
            Assert.That(db.Execute("DELETE FROM entries WHERE version > $most", ("$most", 100)), Is.Zero);

            Assert.That(db.Scalar(Find, ("$subject", "second")), Is.EqualTo(3));
            Assert.That(db.Scalar(Find, ("$subject", "third")), Is.Null);
            Assert.That(db.Scalar("SELECT NULL UNION ALL SELECT 1"), Is.Null);
            Assert.That(
                db.Scalar("SELECT $nothing IS NULL AND $flag = 1 AND $part = 0.5", ("$nothing", null), ("$flag", true), ("$part", 0.5)),
                Is.EqualTo(1)
            );
            Assert.That(db.Scalar("SELECT $bytes", ("$bytes", new byte[] { 1, 0, 2 })), Is.EqualTo(new byte[] { 1, 0, 2 }));
            Assert.That(db.Scalar("SELECT subject FROM entries ORDER BY subject"), Is.EqualTo("first"));
            Assert.That(db.Scalar("UPDATE entries SET version = 9 RETURNING version"), Is.EqualTo(9));
            Assert.That(db.Scalar("SELECT sum(version) FROM entries"), Is.EqualTo(18));
        });
    }

    [Test]
    public async Task After_a_statement_failed_it_can_be_run_again_in_the_same_unit()
    {
        await using var app = await TestApplication.Start(ledger);
        await InUnit(db =>
        {
            db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "taken"), ("$version", 1));
            Assert.That(
                () => db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "taken"), ("$version", 1)),
                Throws.TypeOf<SqliteException>().With.Message.Contains("UNIQUE")
            );
            db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "free"), ("$version", 1));
        });
        Assert.That(await ledger.Entries(), Is.EqualTo(["free", "taken"]));
    }

    [Test]
    public async Task A_statement_sees_the_unit_s_other_changes_and_is_undone_with_them()
    {
        await using var app = await TestApplication.Start(ledger);
        var failing = InUnit(db =>
        {
            db.Execute(Insert, ("$id", Guid.CreateVersion7()), ("$subject", "undone"), ("$version", 1));
            Assert.That(db.Entries.Single().Subject, Is.EqualTo("undone"));
            throw new InvalidOperationException("Told to fail.");
        });
        await Assert.ThatAsync(() => failing, Throws.InvalidOperationException);
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task What_is_no_single_statement_with_all_its_values_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);
        await InUnit(db =>
        {
            Assert.That(() => db.Execute("DELETE FROM entries; DELETE FROM receipts"), Throws.ArgumentException);
            Assert.That(() => db.Execute(Find), Throws.ArgumentException);
            Assert.That(() => db.Execute(Find, ("$sbject", "first")), Throws.ArgumentException);
            Assert.That(() => db.Execute(Find, ("$subject", 1.5m)), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => db.Execute("DELETE FROM nothing"), Throws.TypeOf<SqliteException>());
        });
    }

    [Test]
    public async Task Outside_of_a_unit_of_work_no_statement_is_run()
    {
        await using var app = await TestApplication.Start(ledger);
        await Assert.ThatAsync(
            () => ledger.Read(db => Task.FromResult(db.Execute("DELETE FROM entries"))),
            Throws.InvalidOperationException.With.Message.Contains("unit")
        );
    }

    private Task<Unit> InUnit(Action<FixtureDb> work) =>
        ledger.Send(
            new Do.Command(
                (services, _) =>
                {
                    work(services.GetRequiredService<FixtureDb>());
                    return Task.CompletedTask;
                }
            )
        );
}
