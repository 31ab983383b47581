using System.Text.RegularExpressions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;
using SQLitePCL;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class ReadersTests
{
    private const string Subjects = "SELECT subject FROM entries ORDER BY subject";

    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public Task A_reader_whose_rows_were_left_open_is_not_handed_out_again() =>
        WhatIsLeftOpenIsNotSeenAgain(connection =>
        {
            Assert.That(connection.Texts(Subjects), Is.EqualTo(["before"])); // The statement stays prepared from here on.
            var forgotten = connection.CreateCommand();
            forgotten.CommandText = Subjects;
            Assert.That(forgotten.ExecuteReader().Read());
        });

    [Test]
    public Task A_reader_whose_transaction_was_left_open_is_not_handed_out_again() =>
        WhatIsLeftOpenIsNotSeenAgain(connection =>
        {
            connection.Execute("BEGIN");
            Assert.That(connection.Texts(Subjects), Is.EqualTo(["before"]));
        });

    [Test]
    public void A_statement_is_prepared_once_whatever_its_values_are()
    {
        const int reprepared = 5; // SQLITE_STMTSTATUS_REPREPARE of sqlite3.h
        using var connection = new PreparedConnection("Data Source=:memory:");
        connection.Open();
        connection.Handle!.enable_sqlite3_next_stmt(true);

        foreach (var limit in new[] { 1, 10, 1, 100 })
        {
            connection.Texts("SELECT name FROM sqlite_schema LIMIT $limit", ("$limit", limit));
        }

        var kept = raw.sqlite3_next_stmt(connection.Handle, null);
        Assert.That(raw.sqlite3_stmt_status(kept, reprepared, 0), Is.Zero);
        Assert.That(raw.sqlite3_next_stmt(connection.Handle, kept), Is.Null);
    }

    [Test]
    public async Task A_query_s_reader_is_free_again_before_its_answer_is_written()
    {
        await using var app = await TestApplication.Start(ledger);
        PreparedConnection? used = null;
        await using var request = ledger.Services.CreateAsyncScope();

        await request
            .ServiceProvider.GetRequiredService<ISender>()
            .Send(
                new Ask.Query(
                    async (services, ct) =>
                    {
                        await services.GetRequiredService<FixtureDb>().Entries.ToListAsync(ct);
                        used = services.GetRequiredService<Reader>().Connection;
                    }
                )
            );

        using var next = ledger.Services.GetRequiredService<ModuleDatabase>().OpenReader();
        Assert.That(next.Connection, Is.SameAs(used));
    }

    [Test]
    public async Task All_statements_of_a_query_see_the_file_at_the_same_moment()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("before"));
        var seen = new List<int>();

        await ledger.Send(
            new Ask.Query(
                async (services, ct) =>
                {
                    var db = services.GetRequiredService<FixtureDb>();
                    seen.Add(await db.Entries.CountAsync(ct));
                    await ledger.Send(new AddEntry.Command("meanwhile"), ct);
                    seen.Add(await db.Entries.CountAsync(ct));
                    seen.Add(await db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM event_log").SingleAsync(ct));
                }
            )
        );

        Assert.That(seen, Is.EqualTo([1, 1, 1]));
        Assert.That(await ledger.Entries(), Has.Count.EqualTo(2), "who asks later sees it");
    }

    [Test]
    public async Task A_query_within_a_query_sees_the_same_moment()
    {
        await using var app = await TestApplication.Start(ledger);
        var seen = new List<int>();
        var counting = new Ask.Query(
            async (services, ct) => seen.Add(await services.GetRequiredService<FixtureDb>().Entries.CountAsync(ct))
        );

        await ledger.Send(
            new Ask.Query(
                async (services, ct) =>
                {
                    var sender = services.GetRequiredService<ISender>();
                    await sender.Send(counting, ct);
                    await ledger.Send(new AddEntry.Command("meanwhile"), ct);
                    await sender.Send(counting, ct);
                }
            )
        );
        await ledger.Send(counting);

        Assert.That(seen, Is.EqualTo([0, 0, 1]));
    }

    [Test]
    public async Task A_query_that_fails_leaves_no_snapshot_behind()
    {
        await using var app = await TestApplication.Start(ledger);
        PreparedConnection? used = null;

        Assert.That(
            () =>
                ledger.Send(
                    new Ask.Query(
                        async (services, ct) =>
                        {
                            used = services.GetRequiredService<Reader>().Connection;
                            await services.GetRequiredService<FixtureDb>().Entries.CountAsync(ct);
                            throw new NotFoundException("answer", 42);
                        }
                    )
                ),
            Throws.TypeOf<NotFoundException>()
        );
        await ledger.Send(new AddEntry.Command("after"));

        using var next = ledger.Services.GetRequiredService<ModuleDatabase>().OpenReader();
        Assert.That(next.Connection, Is.SameAs(used));
        Assert.That(next.Connection.Texts(Subjects), Is.EqualTo(["after"]));
    }

    [Test]
    public async Task A_query_within_a_unit_of_work_sees_what_the_unit_has_written()
    {
        await using var app = await TestApplication.Start(ledger);
        var seen = 0;
        var counting = new Ask.Query(async (services, ct) => seen = await services.GetRequiredService<FixtureDb>().Entries.CountAsync(ct));

        await ledger.Send(
            new Do.Command(
                async (services, ct) =>
                {
                    var sender = services.GetRequiredService<ISender>();
                    await sender.Send(new AddEntry.Command("first"), ct);
                    await services.GetRequiredService<FixtureDb>().SaveChangesAsync(ct);
                    await sender.Send(counting, ct);
                }
            )
        );

        Assert.That(seen, Is.EqualTo(1));
    }

    [Test]
    public async Task Any_number_of_queries_can_read_at_the_same_time()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("one"));
        var database = ledger.Services.GetRequiredService<ModuleDatabase>();

        for (var round = 0; round < 2; round++)
        {
            var readers = Enumerable.Range(0, 100).Select(_ => database.OpenReader()).ToList();
            Assert.That(readers.Select(reader => reader.Connection).Distinct().Count(), Is.EqualTo(readers.Count));
            Assert.That(readers.Select(reader => reader.Connection.Texts(Subjects).Single()), Is.All.EqualTo("one"));
            readers.ForEach(reader => reader.Dispose());
        }
    }

    [Test]
    public async Task A_query_can_use_the_functions_that_EF_Core_adds_to_SQLite()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("lantern"));
        await ledger.Send(new AddEntry.Command("lamp"));

        var found = await ledger.Read(db => db.Entries.Where(e => Regex.IsMatch(e.Subject, "^la.p$")).Select(e => e.Subject).ToListAsync());

        Assert.That(found, Is.EqualTo(["lamp"]));
    }

    private async Task WhatIsLeftOpenIsNotSeenAgain(Action<PreparedConnection> read)
    {
        await using var app = await TestApplication.Start(ledger);
        var database = ledger.Services.GetRequiredService<ModuleDatabase>();
        await ledger.Send(new AddEntry.Command("before"));
        using (var reader = database.OpenReader())
        {
            read(reader.Connection);
        }

        await ledger.Send(new AddEntry.Command("after"));

        using var next = database.OpenReader();
        Assert.That(next.Connection.Texts(Subjects), Is.EqualTo(["after", "before"]));
    }
}
