using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.Crashes;

/// <summary>
/// A shop under the load of several clients that is killed repeatedly and audited each time: the files as they were left, and again
/// after the shop has caught up.
/// </summary>
internal sealed class KilledShop(int seed, IReadOnlyList<Kill> plan)
{
    // The number of answers before an operator acts.
    private const int UnderLoad = 50;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly string directory = TestApplication.NewDirectory();
    private readonly Crowd crowd = new(seed);
    private readonly List<Request> byNewerBuild = [];

    public int Acknowledged => crowd.Orders;

    private IReadOnlyCollection<Request> Requests => [.. crowd.Requests, .. byNewerBuild];

    /// <summary>Runs all kills of the plan, and reports each. The files are kept when a check fails.</summary>
    public async Task Live(Action<Kill> died)
    {
        foreach (var kill in plan)
        {
            await Explain(kill.ToString(), () => DieOf(kill));
            died(kill);
        }
        await Explain("the end", LiveOn);
        Directory.Delete(directory, recursive: true);
    }

    private async Task DieOf(Kill kill)
    {
        Perform(kill.Prelude);
        var environment = new Dictionary<string, string>();
        if (kill.Module is not null)
        {
            environment["MODULARSHOP_KILL_AT"] = kill.ToString();
        }
        await using var shop = ShopProcess.Start(
            ["run", "--data", directory, "--urls", "http://127.0.0.1:0"],
            workingDirectory: null,
            environment
        );
        if (await shop.BecomesReady() && await Resume(shop.Http))
        {
            await Load(shop, kill);
        }
        Assert.That(await shop.Exited(), Is.EqualTo(137), $"It did not kill itself.\n{shop.Output}\n{shop.Errors}");
        AssertSound(caughtUp: false);
    }

    private async Task<bool> Resume(TestClient http)
    {
        if (!await crowd.Resume(http))
        {
            return false;
        }
        AssertSound(caughtUp: true);
        return true;
    }

    private async Task Load(ShopProcess shop, Kill kill)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var operation = kill.FaultPoint switch
        {
            "rebuild" => Operate(shop.Http, _ => Task.FromResult("rebuild")),
            "retry" => Operate(shop.Http, RetryOfDeadLetter),
            Kill.Random => shop.KillAfter(TimeSpan.FromMilliseconds(kill.Count)),
            _ => Task.CompletedTask,
        };
        await Task.WhenAll(crowd.Work(shop.Http, deadline.Token), operation);
        Assert.That(deadline.IsCancellationRequested, Is.False, $"It outlived its load.\n{shop.Output}\n{shop.Errors}");
    }

    private async Task LiveOn()
    {
        await using var shop = await ShopProcess.Run(directory);
        Assert.That(await Resume(shop.Http), shop.Errors);
        Assert.That(await shop.Terminate(), Is.Zero, shop.Errors);
        AssertSound(caughtUp: true);
        using var history = new AuditedFile(directory, "purchase-history");
        Assert.That(history.LettersOf("catalog"), Is.Empty);
    }

    private void AssertSound(bool caughtUp)
    {
        if (Requests.Count > 0) // Before the first request, tables may be missing.
        {
            Assert.That(Audit.Of(directory, Requests, caughtUp), Is.Empty);
        }
    }

    private void Perform(Prelude prelude)
    {
        switch (prelude)
        {
            case Prelude.PublishFromNewerBuild:
                using (var catalog = new AuditedFile(directory, "catalog", SqliteOpenMode.ReadWrite))
                {
                    Publish(catalog, "by a newer build", version: 2);
                    Publish(catalog, "right behind it", version: 1);
                }
                break;
            case Prelude.MakeKnown:
                using (var catalog = new AuditedFile(directory, "catalog", SqliteOpenMode.ReadWrite))
                using (var history = new AuditedFile(directory, "purchase-history", SqliteOpenMode.ReadWrite))
                {
                    catalog.Execute("UPDATE event_log SET version = 1");
                    history.Execute("UPDATE dead_letters SET version = 1");
                }
                break;
        }
    }

    private void Publish(AuditedFile catalog, string name, int version)
    {
        var productId = crowd.AnyProduct;
        catalog.Execute(
            """
            INSERT INTO event_log (event_id, name, version, key, occurred_at, correlation_id, payload)
            VALUES ($id, 'catalog.product-changed', $version, $key, 0, '', $payload)
            """,
            ("$id", Guid.CreateVersion7().ToString()),
            ("$version", version),
            ("$key", productId.ToString()),
            ("$payload", JsonSerializer.Serialize(new { productId, name }))
        );
        byNewerBuild.Add(
            new Request("catalog", "catalog.product-changed", name, HttpMethod.Put, "", Body: null) { Answer = default(JsonElement) }
        );
    }

    // The operator's request kills the shop.
    private async Task Operate(TestClient http, Func<TestClient, Task<string>> operation)
    {
        var enough = crowd.Answered + UnderLoad;
        await Eventually.True(() => crowd.Answered > enough, Deadline);
        try
        {
            await http.Post($"/admin/v1/modules/purchase-history/{await operation(http)}", body: null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException) { }
    }

    private static async Task<string> RetryOfDeadLetter(TestClient http)
    {
        var letters = await http.Get("/admin/v1/modules/purchase-history/dead-letters?status=dead");
        return $"dead-letters/{letters.Body[0].GetProperty("id").GetInt64()}/retry";
    }

    private async Task Explain(string moment, Func<Task> live)
    {
        try
        {
            await live();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}, {moment}; the files are kept in {directory}.\n{e.Message}", e);
        }
    }
}
