using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class LimitTests
{
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task A_body_over_the_limit_is_a_413()
    {
        var settings = new Dictionary<string, string?> { ["Kernel:Http:MaxRequestBody"] = "1000" };
        await using var app = await TestApplication.Start([ledger], directory: null, settings);

        var body = JsonSerializer.Serialize(new { subject = new string('x', 2000) });

        (await app.Http.Post("/ledger/v1/entries", body)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task A_file_that_cannot_be_written_is_a_503_and_nothing_is_changed()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("tea"));
        Execute("PRAGMA query_only = ON");

        var answer = await app.Http.Post("/ledger/v1/entries", """{ "subject": "milk" }""");

        answer.ExpectProblem(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
        Execute("PRAGMA query_only = OFF");
        await ledger.Send(new AddEntry.Command("sugar"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["sugar", "tea"]));

        void Execute(string pragma)
        {
            using var command = ledger.Services.GetRequiredService<ModuleDatabase>().Writer.CreateCommand();
            command.CommandText = pragma;
            command.ExecuteNonQuery();
        }
    }

    [Test]
    public async Task A_request_over_its_time_is_a_504()
    {
        ledger.WhenMapping = routes => routes.MapGet("/v1/wait", (CancellationToken ct) => Task.Delay(Timeout.Infinite, ct));
        var settings = new Dictionary<string, string?> { ["Kernel:Http:RequestTimeout"] = "00:00:00.100" };
        await using var app = await TestApplication.Start([ledger], directory: null, settings);

        (await app.Http.Get("/ledger/v1/wait")).ExpectProblem(HttpStatusCode.GatewayTimeout);
    }

    [Test]
    public async Task Too_many_requests_at_once_are_a_503()
    {
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        ledger.WhenMapping = routes =>
            routes.MapGet(
                "/v1/wait",
                (HttpContext http) =>
                {
                    entered.SetResult();
                    return gate.Task.WaitAsync(http.RequestAborted);
                }
            );
        var settings = new Dictionary<string, string?> { ["Kernel:Http:ConcurrentRequests"] = "1", ["Kernel:Http:WaitingRequests"] = "0" };
        await using var app = await TestApplication.Start([ledger], directory: null, settings);

        var first = app.Http.Get("/ledger/v1/wait");
        await entered.Task;
        (await app.Http.Get("/ledger/v1/ping")).ExpectProblem(HttpStatusCode.ServiceUnavailable);
        gate.SetResult();

        (await first).Expect(HttpStatusCode.OK);
    }
}
