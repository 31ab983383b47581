using System.Net;
using Microsoft.AspNetCore.Builder;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class RestartTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly TaskCompletionSource entered = new();
    private readonly TaskCompletionSource gate = new();

    [Test]
    public async Task A_request_that_was_begun_is_finished_before_its_module_stops()
    {
        ledger.WhenMapping = routes =>
            routes.MapPost(
                "/v1/slow",
                async () =>
                {
                    entered.TrySetResult();
                    await gate.Task;
                    return await ledger.Send(new AddEntry.Command("slow"));
                }
            );
        await using var app = await TestApplication.Start(ledger);

        var slow = app.Http.Post("/ledger/v1/slow");
        await entered.Task;
        var restart = app.Http.Post("/admin/v1/modules/ledger/restart");
        var meanwhile = await Eventually.Get(
            () => app.Http.Get("/ledger/v1/ping"),
            answer => answer.Status == HttpStatusCode.ServiceUnavailable
        );
        gate.SetResult();

        Assert.That(meanwhile.Body.Text("title"), Is.EqualTo("Module 'ledger' is stopped."));
        (await slow).Expect(HttpStatusCode.OK);
        Assert.That((await restart).Body.Text("state"), Is.EqualTo("running"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["slow"]));
    }

    [Test]
    public async Task A_restart_is_finished_even_if_the_caller_hangs_up()
    {
        await using var app = await TestApplication.Start(ledger);
        ledger.WhenMapping = _ =>
        {
            entered.SetResult();
            gate.Task.Wait();
        };
        using var cancellation = new CancellationTokenSource();

        var restart = app.Http.Plain.PostAsync(
            new Uri("/admin/v1/modules/ledger/restart", UriKind.Relative),
            content: null,
            cancellation.Token
        );
        await entered.Task;
        await cancellation.CancelAsync();
        await Assert.ThatAsync(() => restart, Throws.InstanceOf<OperationCanceledException>());
        // When the server has answered another request, it has noticed that this caller disconnected.
        await app.Http.Json("/health/live");
        gate.SetResult();

        await Eventually.Get(() => app.Http.Get("/ledger/v1/ping"), answer => answer.Status == HttpStatusCode.OK, TimeSpan.FromSeconds(10));
    }
}
