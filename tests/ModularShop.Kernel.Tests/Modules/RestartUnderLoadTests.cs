using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class RestartUnderLoadTests
{
    private const int Restarts = 20;
    private const int Clients = 8;

    private readonly FixtureModule ledger = new("ledger");
    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly ConcurrentBag<HttpStatusCode> others = [];
    private long longestWait;
    private int refused;

    [Test]
    public async Task Under_load_a_restarting_module_loses_no_request_and_nothing_that_it_acknowledged()
    {
        await using var app = await TestApplication.Start(ledger);
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => Order(app, client, over.Token))).ToList();

        for (var restart = 0; restart < Restarts; restart++)
        {
            var before = acknowledged.Count;
            using var answer = await app.Post("/admin/v1/modules/ledger/restart");
            Assert.That((await answer.Json()).Text("state"), Is.EqualTo("running"));
            await Eventually.True(() => acknowledged.Count > before);
        }
        await over.CancelAsync();
        await Task.WhenAll(clients);

        Assert.That(others, Is.Empty);
        Assert.That(await ledger.Entries(), Is.EquivalentTo(acknowledged));
        await TestContext.Out.WriteLineAsync(
            $"{acknowledged.Count} acknowledged, {refused} refused in {Restarts} restarts; the longest wait of a client was "
                + $"{TimeSpan.FromTicks(longestWait).TotalMilliseconds:0} ms."
        );
    }

    // Each entry is sent until it is acknowledged. Only a 503 that names a time to wait may come in between.
    private async Task Order(TestApplication app, int client, CancellationToken over)
    {
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            var subject = $"{client}-{number}";
            var started = Stopwatch.GetTimestamp();
            while (true)
            {
                using var answer = await app.Http.PostAsJsonAsync("/ledger/v1/entries", new { subject }, CancellationToken.None);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    acknowledged.Add(subject);
                    break;
                }
                Interlocked.Increment(ref refused);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter is null)
                {
                    others.Add(answer.StatusCode);
                    return;
                }
            }
            var waited = Stopwatch.GetElapsedTime(started).Ticks;
            for (var longest = longestWait; waited > longest; longest = longestWait)
            {
                Interlocked.CompareExchange(ref longestWait, waited, longest);
            }
        }
    }
}
