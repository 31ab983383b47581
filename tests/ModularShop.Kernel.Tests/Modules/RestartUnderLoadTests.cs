using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class RestartUnderLoadTests
{
    private const int Restarts = 20;
    private const int Clients = 8;

    // The clients try again sooner than they are told, so that the test is short and sees when the module is back.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly FixtureModule ledger = new("ledger");
    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly ConcurrentBag<HttpStatusCode> others = [];
    private readonly ConcurrentBag<double> waits = [];

    [Test]
    public async Task Under_load_a_restarting_module_loses_no_request_and_nothing_that_it_acknowledged()
    {
        await using var app = await TestApplication.Start(ledger);
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => Order(app, client, over.Token))).ToList();

        for (var restart = 0; restart < Restarts; restart++)
        {
            var before = acknowledged.Count;
            var answer = await app.Http.Post("/admin/v1/modules/ledger/restart");
            Assert.That(answer.Body.Text("state"), Is.EqualTo("running"));
            await Eventually.True(() => acknowledged.Count > before);
        }
        await over.CancelAsync();
        await Task.WhenAll(clients);

        Assert.That(others, Is.Empty);
        Assert.That(await ledger.Entries(), Is.EquivalentTo(acknowledged));
        var sorted = waits.Order().ToList();
        await TestContext.Out.WriteLineAsync(
            $"{acknowledged.Count} acknowledged in {Restarts} restarts; {sorted.Count} were refused at first, and waited for "
                + $"{sorted[sorted.Count / 2]:0} ms (median), {sorted[^1]:0} ms (longest)."
        );
    }

    // Each entry is sent until it is acknowledged. Only a 503 that names a time to wait may come in between.
    private async Task Order(TestApplication app, int client, CancellationToken over)
    {
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            var subject = $"{client}-{number}";
            long? refused = null;
            while (true)
            {
                var answer = await app.Http.Post("/ledger/v1/entries", new { subject });
                if (answer.Status == HttpStatusCode.OK)
                {
                    acknowledged.Add(subject);
                    break;
                }
                if (answer.Status != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter is null)
                {
                    others.Add(answer.Status);
                    return;
                }
                refused ??= Stopwatch.GetTimestamp();
                await Task.Delay(Pause, CancellationToken.None);
            }
            if (refused is { } since)
            {
                waits.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
        }
    }
}
