using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class RestartLeakTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule ledger = new("ledger");

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_module_that_is_restarted_leaves_nothing_of_what_it_was(bool hasLimitsOfItsOwn)
    {
        if (hasLimitsOfItsOwn)
        {
            ledger.WhenAddingServices = services =>
                services.AddRateLimiter(limits => limits.AddConcurrencyLimiter("own", own => own.PermitLimit = 1));
            ledger.WhenMapping = routes => routes.MapGet("/v1/limited", () => "limited").RequireRateLimiting("own");
        }
        await using var app = await TestApplication.Start(publisher, ledger);
        var containers = new List<WeakReference>();
        for (var restart = 0; restart < 5; restart++)
        {
            await Live(app, restart);
            containers.Add(Container());
            var answer = await app.Http.Post("/admin/v1/modules/ledger/restart");
            Assert.That(answer.Body.Text("state"), Is.EqualTo("running"));
        }

        await AreCollected(containers);
    }

    [TestCase(true, Description = "while its container and pipeline are built")]
    [TestCase(false, Description = "while its background services start")]
    public async Task A_start_that_fails_leaves_nothing(bool whileBuilding)
    {
        await using var app = await TestApplication.Start(publisher, ledger);
        var containers = new List<WeakReference>();
        if (whileBuilding)
        {
            ledger.WhenMapping = _ => throw new InvalidOperationException("Told to fail.");
        }
        else
        {
            ledger.WhenAddingServices = services => services.AddHostedService<Failing>();
        }
        for (var restart = 0; restart < 3; restart++)
        {
            var answer = await app.Http.Post("/admin/v1/modules/ledger/restart");
            Assert.That(answer.Body.Text("state"), Is.EqualTo("quarantined"));
            containers.Add(Container());
        }
        (ledger.WhenMapping, ledger.WhenAddingServices) = (null, null);
        await app.Http.Post("/admin/v1/modules/ledger/restart");

        await AreCollected(containers);
    }

    private static Task AreCollected(List<WeakReference> containers) =>
        Eventually.True(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !containers.Exists(container => container.IsAlive);
        });

    // Uses everything that could stay in memory: requests and their limits, commands, queries, reactions, documents.
    private async Task Live(TestApplication app, int number)
    {
        await publisher.Publish(new Happened("hall", number));
        await ledger.Received(number + 1);
        var added = await app.Http.Post("/ledger/v1/entries", $$"""{"subject":"{{number}}"}""", ("Idempotency-Key", $"{number}"));
        var refused = await app.Http.Post("/ledger/v1/entries", "{}");
        var document = await app.Http.Get("/ledger/openapi/v1.json");
        added.Expect(HttpStatusCode.OK);
        refused.Expect(HttpStatusCode.BadRequest);
        await app.Http.Get("/ledger/v1/limited");
        await ledger.Entries();
        await ledger.Send(new Ask.Query((_, _) => Task.CompletedTask));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Container() => new(ledger.Built);

    private sealed class Failing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("Told to fail.");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
