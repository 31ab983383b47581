using System.Net;
using System.Runtime.Loader;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>A module whose every start loads its assembly anew, as a host would that replaces a module by another build.</summary>
internal sealed class ReplacementTests
{
    private readonly List<AssemblyLoadContext> builds = [];
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task A_module_whose_assembly_is_loaded_anew_at_each_start_goes_on_with_its_data()
    {
        await using var app = await TestApplication.Start([ModuleSource.Of(Load), ledger.Source], directory: null);

        await Live(app, 0);
        for (var build = 1; build <= 3; build++)
        {
            var answer = await app.Http.Post("/admin/v1/modules/publisher/restart");
            Assert.That(answer.Body.Text("state"), Is.EqualTo("running"));
            await Live(app, build);
        }

        // The first one was loaded for the descriptor.
        Assert.That(builds, Has.Count.EqualTo(5));
    }

    private async Task Live(TestApplication app, int number)
    {
        var note = new { text = $"{number}" };
        var taken = await app.Http.Post("/publisher/v1/notes", note, ("Idempotency-Key", $"{number}"));
        var again = await app.Http.Post("/publisher/v1/notes", note, ("Idempotency-Key", $"{number}"));
        Assert.That(again.Id, Is.EqualTo(taken.Id));
        (await app.Http.Post("/publisher/v1/notes", new { text = "" })).ExpectProblem(HttpStatusCode.BadRequest);
        await ledger.Received(number + 1);

        var entry = (await app.Http.Post("/ledger/v1/entries", new { subject = $"entry {number}" })).Id;
        await Eventually.Get(() => app.Http.Get($"/publisher/v1/notes/{entry}"), answer => answer.Status == HttpStatusCode.OK);
        var page = await app.Http.Json("/publisher/v1/notes?limit=1");
        await app.Http.Json($"/publisher/v1/notes?after={page.Text("next")}");
        await app.Http.Json("/publisher/openapi/v1.json");
    }

    private Module Load()
    {
        var build = new AssemblyLoadContext("build", isCollectible: true);
        builds.Add(build);
        var assembly = build.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "ModularShop.ReplaceableModule.dll"));
        return (Module)assembly.CreateInstance("ModularShop.ReplaceableModule.NotesModule")!;
    }
}
