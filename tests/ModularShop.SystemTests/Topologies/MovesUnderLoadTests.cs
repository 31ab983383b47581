using System.Text.Json;

namespace ModularShop.SystemTests.Topologies;

/// <summary>A module moves between real processes while clients use it.</summary>
internal sealed class MovesUnderLoadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static readonly (string, string[])[] Processes =
    [
        ("main", ["catalog", "customers", "orders", "purchase-history"]),
        ("second", []),
    ];

    // From the last step to the first: what a process does after a crash must not reach the point at which it dies next.
    private static readonly string[] AtTheOldPlace =
    [
        "move-routed",
        "move-accepted",
        "move-signed",
        "move-held",
        "move-copied",
        "move-prepared",
    ];

    private static readonly string[] AtTheNewPlace = ["arrival-placed", "arrival-accepted", "arrival-checked"];

    [Test]
    public async Task Orders_moves_out_and_back_under_load_and_no_request_fails()
    {
        // Clients wait for each answer, so it takes many of them for the load of a busy shop.
        await using var shop = await SplitShop.Start(seed: 1, Processes, clients: Soak.IsOn ? 64 : 24);
        await shop.Resume();
        using var enough = new CancellationTokenSource(Deadline);
        var started = TimeProvider.System.GetTimestamp();
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        var pauses = new List<double>();
        // A move takes most of the processors, so the load is that of a busy shop only if moves do not follow each other at once.
        var between = Soak.IsOn ? 2500 : 100;

        for (var move = 0; move < Soak.Moves(6); move++)
        {
            var answered = shop.Crowd.Answered;
            await Eventually.True(() => working.IsCompleted || shop.Crowd.Answered > answered + between, Deadline);
            pauses.Add(await Move(shop, move % 2 == 0 ? "second" : "main"));
            Soak.Say($"{move + 1, 4} moves, the last with a pause of {pauses[^1]:N0} ms");
        }
        await enough.CancelAsync();
        await working;
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var (requests, orders) = (shop.Crowd.Answered / seconds, shop.Crowd.Orders / seconds);

        Assert.That(shop.Crowd.Refused, Is.Empty);
        await shop.Resume();
        shop.AssertSound();
        pauses.Sort();
        Soak.Say(
            $"{pauses.Count} moves at {orders:N0} orders/s ({requests:N0} requests/s): pause median {pauses[pauses.Count / 2]:N0} ms, longest {pauses[^1]:N0} ms"
        );
    }

    [Test]
    public Task A_move_whose_old_place_is_killed_is_finished_or_undone() => IsFinishedOrUndone("main", AtTheOldPlace);

    [Test]
    public Task A_move_whose_new_place_is_killed_is_finished_or_undone() => IsFinishedOrUndone("second", AtTheNewPlace);

    private static async Task IsFinishedOrUndone(string killed, string[] points)
    {
        await using var shop = await SplitShop.Start(seed: 2, Processes);
        await shop.Resume();
        await shop.Kill(killed);
        await shop.Start(killed, At(points[0]));
        foreach (var (point, next) in points.Zip(points.Skip(1).Select(At).Append(null)))
        {
            await shop.Resume();
            using var enough = new CancellationTokenSource(Deadline);
            var working = shop.Crowd.Work(shop.Http, enough.Token);
            var moving = MoveOrFail(shop, "second");

            Assert.That(await shop[killed].Exited(), Is.EqualTo(137), $"{point}\n{shop[killed].Errors}");
            await shop.Forget(killed);
            await shop.Start(killed, next);
            await moving;
            await enough.CancelAsync();
            await working;

            await shop.Resume();
            shop.AssertSound();
            if (shop.PlaceOf("orders") == "second")
            {
                await Move(shop, "main");
            }
        }
        await Move(shop, "second");
        await Move(shop, "main");
        await shop.Resume();
        shop.AssertSound();
    }

    private static string At(string point) => $"orders:{point}:1";

    private static async Task<double> Move(SplitShop shop, string to)
    {
        var said = (await shop.Http.Post("/admin/v1/modules/orders/move", new { to })).ExpectSuccess().Text;
        var last = JsonDocument.Parse(said.Trim().Split('\n')[^1]).RootElement;
        Assert.That(last.TryGetProperty("pauseMilliseconds", out var pause), said);
        return pause.GetDouble();
    }

    private static async Task MoveOrFail(SplitShop shop, string to)
    {
        try
        {
            await shop.Http.Post("/admin/v1/modules/orders/move", new { to });
        }
        catch (HttpRequestException)
        {
            // The process that is asked was killed. The callers check where the module is afterwards.
        }
    }
}
