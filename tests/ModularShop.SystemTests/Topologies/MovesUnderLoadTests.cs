using System.Text.Json;

namespace ModularShop.SystemTests.Topologies;

/// <summary>A module moves between real processes while clients use it.</summary>
internal sealed class MovesUnderLoadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static readonly string[] AtTheOldPlace =
    [
        "move-prepared",
        "move-copied",
        "move-held",
        "move-signed",
        "move-accepted",
        "move-routed",
    ];

    private static readonly string[] AtTheNewPlace = ["arrival-checked", "arrival-accepted", "arrival-placed"];

    [Test]
    public async Task Orders_moves_out_and_back_under_load_and_no_request_fails()
    {
        await using var shop = await SplitShop.Start(
            seed: 1,
            ("main", ["catalog", "customers", "orders", "purchase-history"]),
            ("second", [])
        );
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        using var enough = new CancellationTokenSource(Deadline);
        var started = TimeProvider.System.GetTimestamp();
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        var pauses = new List<double>();

        for (var move = 0; move < Soak.Moves(6); move++)
        {
            var answered = shop.Crowd.Answered;
            await Eventually.True(() => working.IsCompleted || shop.Crowd.Answered > answered + 100, Deadline);
            pauses.Add(await Move(shop, move % 2 == 0 ? "second" : "main"));
            Soak.Say($"{move + 1, 4} moves, the last with a pause of {pauses[^1]:N0} ms");
        }
        await enough.CancelAsync();
        await working;

        Assert.That(shop.Crowd.Refused, Is.Empty);
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        shop.AssertSound();
        var rate = shop.Crowd.Answered / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        pauses.Sort();
        Soak.Say(
            $"{pauses.Count} moves at {rate:N0} requests/s: pause median {pauses[pauses.Count / 2]:N0} ms, longest {pauses[^1]:N0} ms"
        );
    }

    [TestCaseSource(nameof(AtTheOldPlace))]
    public Task A_move_whose_old_place_is_killed_is_finished_or_undone(string point) => IsFinishedOrUndone("main", point);

    [TestCaseSource(nameof(AtTheNewPlace))]
    public Task A_move_whose_new_place_is_killed_is_finished_or_undone(string point) => IsFinishedOrUndone("second", point);

    private static async Task IsFinishedOrUndone(string killed, string point)
    {
        await using var shop = await SplitShop.Start(
            seed: 2,
            ("main", ["catalog", "customers", "orders", "purchase-history"]),
            ("second", [])
        );
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        await shop.Kill(killed);
        await shop.Start(killed, $"orders:{point}:1");
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        using var enough = new CancellationTokenSource(Deadline);
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        var moving = MoveOrFail(shop, "second");

        Assert.That(await shop[killed].Exited(), Is.EqualTo(137), shop[killed].Errors);
        await shop.Forget(killed);
        await shop.Start(killed);
        await moving;
        await enough.CancelAsync();
        await working;

        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        shop.AssertSound();
        await Move(shop, shop.PlaceOf("orders") == "main" ? "second" : "main");
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        shop.AssertSound();
    }

    private static async Task<double> Move(SplitShop shop, string to)
    {
        var said = (await shop.Http.Post("/admin/v1/modules/orders/move", new { to })).ExpectSuccess().Text;
        var last = JsonDocument.Parse(said.Trim().Split('\n')[^1]).RootElement;
        Assert.That(last.TryGetProperty("pauseMilliseconds", out var pause), said);
        return pause.GetDouble();
    }

    // The process that is asked may be killed meanwhile.
    private static async Task MoveOrFail(SplitShop shop, string to)
    {
        try
        {
            await shop.Http.Post("/admin/v1/modules/orders/move", new { to });
        }
        catch (HttpRequestException) { }
    }
}
