using System.Net;
using Microsoft.AspNetCore.Builder;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

/// <summary>Blocked requests use up the limits of their own module only.</summary>
internal sealed class RequestBulkheadTests
{
    private readonly FixtureModule ill = new("ill");
    private readonly FixtureModule ledger = new("ledger");
    private int entered;

    [Test]
    public async Task Requests_that_block_their_threads_take_none_from_other_modules()
    {
        using var never = new ManualResetEvent(false);
        ill.WhenMapping = routes =>
            routes.MapGet(
                "/v1/block",
                () =>
                {
                    Interlocked.Increment(ref entered);
                    return never.WaitOne();
                }
            );
        await using var app = await TestApplication.Start(ill, ledger);
        app.Http.Plain.Timeout = TimeSpan.FromSeconds(30);

        var blocked = Enumerable.Range(0, 400).Select(_ => app.Http.Get("/ill/v1/block")).ToList();
        await Eventually.True(() => Volatile.Read(ref entered) >= 16);
        try
        {
            foreach (var number in Enumerable.Range(1, 20))
            {
                var answer = await app.Http.Post("/ledger/v1/entries", $$"""{ "subject": "{{number}}" }""");
                answer.Expect(HttpStatusCode.OK);
            }
            Assert.That((await app.Http.Json("/health/live")).Text("status"), Is.EqualTo("healthy"));
            Assert.That(entered, Is.EqualTo(16), "the others wait for a thread of their module");
        }
        finally
        {
            never.Set();
        }
        Assert.That((await Task.WhenAll(blocked)).Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task There_are_as_many_threads_as_modules_may_block()
    {
        var settings = new Dictionary<string, string?> { ["Kernel:Http:Threads"] = "50" };
        await using var app = await TestApplication.Start([ill, ledger], directory: null, settings);

        ThreadPool.GetMinThreads(out var workers, out _);

        const int ThreadsAndWriters = 2 * (50 + 1);
        Assert.That(workers, Is.GreaterThanOrEqualTo(Environment.ProcessorCount + ThreadsAndWriters));
    }

    [Test]
    public async Task Requests_that_never_end_are_refused_by_their_module_and_by_no_other()
    {
        var gate = new TaskCompletionSource();
        ill.WhenMapping = routes =>
            routes.MapGet(
                "/v1/wait",
                () =>
                {
                    Interlocked.Increment(ref entered);
                    return gate.Task;
                }
            );
        var settings = new Dictionary<string, string?> { ["Kernel:Http:ConcurrentRequests"] = "4", ["Kernel:Http:WaitingRequests"] = "0" };
        await using var app = await TestApplication.Start([ill, ledger], directory: null, settings);

        var blocked = Enumerable.Range(0, 4).Select(_ => app.Http.Get("/ill/v1/wait")).ToList();
        await Eventually.True(() => Volatile.Read(ref entered) == 4);

        (await app.Http.Get("/ill/v1/ping")).ExpectProblem(HttpStatusCode.ServiceUnavailable);
        var answer = await app.Http.Post("/ledger/v1/entries", """{ "subject": "tea" }""");
        answer.Expect(HttpStatusCode.OK);
        gate.SetResult();
        Assert.That((await Task.WhenAll(blocked)).Select(done => done.Status), Is.All.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_request_that_waits_too_long_for_its_turn_is_a_504()
    {
        var gate = new TaskCompletionSource();
        ill.WhenMapping = routes =>
            routes.MapGet(
                "/v1/wait",
                () =>
                {
                    Interlocked.Increment(ref entered);
                    return gate.Task;
                }
            );
        var settings = new Dictionary<string, string?>
        {
            ["Kernel:Http:ConcurrentRequests"] = "1",
            ["Kernel:Http:WaitingRequests"] = "1",
            ["Kernel:Http:RequestTimeout"] = "00:00:00.200",
        };
        await using var app = await TestApplication.Start([ill], directory: null, settings);
        var blocked = app.Http.Get("/ill/v1/wait");
        await Eventually.True(() => Volatile.Read(ref entered) == 1);

        var waited = await app.Http.Post("/ill/v1/entries", """{ "subject": "tea" }""");

        waited.ExpectProblem(HttpStatusCode.GatewayTimeout);
        gate.SetResult();
        await blocked;
        Assert.That(await ill.Entries(), Is.Empty);
    }
}
