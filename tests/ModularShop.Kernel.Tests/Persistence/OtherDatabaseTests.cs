using System.Net;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>A failure of another database concerns the code that uses it, and says nothing about the module's own file.</summary>
internal sealed class OtherDatabaseTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCaseSource(typeof(OtherDatabase), nameof(OtherDatabase.Ways))]
    public async Task A_command_or_query_that_fails_on_it_is_a_500_and_the_module_stays_well(string way)
    {
        var other = new OtherDatabase(directory);
        ledger.WhenMapping = routes =>
        {
            routes.MapPost("/v1/command", (ISender sender, CancellationToken ct) => sender.Send(new Do.Command((_, _) => Fail()), ct));
            routes.MapPost("/v1/query", (ISender sender, CancellationToken ct) => sender.Send(new Ask.Query((_, _) => Fail()), ct));
            routes.MapPost("/v1/endpoint", (FixtureDb db) => Fail());
        };
        await using var app = await TestApplication.Start([ledger], directory);

        foreach (var path in (string[])["/ledger/v1/command", "/ledger/v1/query", "/ledger/v1/endpoint"])
        {
            (await app.Http.Post(path)).ExpectProblem(HttpStatusCode.InternalServerError);
        }

        await ledger.Send(new AddEntry.Command("after"));
        Assert.That(app.Quarantined, Is.Empty);
        Assert.That((await app.Http.Health("module ledger")).Text("status"), Is.EqualTo("healthy"));

        Task Fail()
        {
            other.Fail(way);
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task A_start_that_fails_on_it_does_not_blame_the_modules_file()
    {
        var other = new OtherDatabase(directory);
        ledger.WhenAddingServices = services => services.AddHostedService(_ => new FailingService(() => other.Fail("full")));
        await using var app = await TestApplication.Start([ledger], directory);

        var module = (await app.Http.Json("/admin/v1/modules")).EnumerateArray().Single();

        Assert.That(module.Text("state"), Is.EqualTo("quarantined"));
        Assert.That(module.Text("reason"), Does.StartWith("SQLite Error 13"));
        Assert.That(module.Text("cure"), Is.Empty);
    }

    [TestCase("command")]
    [TestCase("query")]
    [TestCase("endpoint")]
    public async Task Damage_of_the_modules_own_file_is_reported_whichever_code_finds_it(string who)
    {
        ledger.WhenMapping = routes =>
        {
            routes.MapPost(
                "/v1/command",
                (ISender sender, CancellationToken ct) => sender.Send(new Do.Command((services, token) => Count(services, token)), ct)
            );
            routes.MapPost(
                "/v1/query",
                (ISender sender, CancellationToken ct) => sender.Send(new Ask.Query((services, token) => Count(services, token)), ct)
            );
            routes.MapPost("/v1/endpoint", (IServiceProvider services, CancellationToken ct) => Count(services, ct));
        };
        await using (await TestApplication.Start([ledger], directory))
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(n => ledger.Send(new AddEntry.Command($"{n} {new string('x', 80)}"))));
        }
        DestroyEntries();
        await using var app = await TestApplication.Start([ledger], directory);

        var problem = (await app.Http.Post($"/ledger/v1/{who}")).ExpectProblem(HttpStatusCode.ServiceUnavailable);

        Assert.That(problem.Text("detail"), Does.Contain("The file is damaged"));
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
    }

    private static async Task Count(IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<FixtureDb>();
        // The first rows are intact: the damage is found between two rows.
        await foreach (var entry in db.Entries.AsAsyncEnumerable().WithCancellation(ct))
        {
            _ = entry;
        }
    }

    // All leaf pages of the table except the first.
    private void DestroyEntries()
    {
        const int pageSize = 4096;
        const byte leaf = 13;
        using var file = File.Open(ModuleFile.Of(directory, "ledger"), FileMode.Open);
        var page = new byte[pageSize];
        var found = 0;
        for (var start = 0L; start < file.Length; start += pageSize)
        {
            file.Position = start;
            file.ReadExactly(page);
            if (
                start > 0
                && page[0] == leaf
                && page.AsSpan().IndexOf("xxxxxxxx"u8) > 0
                && page.AsSpan().IndexOf("subject"u8) < 0
                && ++found > 1
            )
            {
                file.Position = start;
                file.Write(Enumerable.Repeat((byte)'y', pageSize).ToArray());
            }
        }
        Assert.That(found, Is.GreaterThan(2));
    }

    private sealed class FailingService(Action fail) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            fail();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
