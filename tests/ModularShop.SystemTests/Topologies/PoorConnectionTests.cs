using ModularShop.SystemTests.Crashes;

namespace ModularShop.SystemTests.Topologies;

/// <summary>Connections between the processes that are slow, hang, and are cut in the middle of an answer.</summary>
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Several))]
internal sealed class PoorConnectionTests(Arrangement arrangement)
{
    private const int Rounds = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Connections_that_are_slow_and_cut_in_the_middle_lose_repeat_and_reorder_nothing()
    {
        await using var shop = await SplitShop.Start(seed: 7, arrangement, isImpatient: true, byLines: true);
        var others = shop.NewCrowd();
        await shop.Resume();
        var random = new Random(7);
        foreach (var line in shop.Lines.Values)
        {
            line.Delay = TimeSpan.FromMilliseconds(200);
        }
        for (var round = 0; round < Rounds; round++)
        {
            await WorkUntilMore(shop.Crowd, shop.Http, 20);
            // Catalog gets far ahead of its subscribers, so that the next answer to them is long enough to be cut.
            var line = shop.Lines[shop.PlaceOf("catalog")];
            line.Hold();
            await WorkUntilMore(others, shop.HostOf("catalog").Http, 100, except: "orders");
            line.CutAfter(random.Next(300, 10_000));
            line.Release();

            var cuts = line.Cuts;
            await Eventually.True(() => line.Cuts >= cuts + 2, Deadline);

            line.CutNoMore();
            await shop.Resume();
            shop.AssertSound();
        }
    }

    private static async Task WorkUntilMore(Crowd crowd, TestClient http, int more, string? except = null)
    {
        using var enough = new CancellationTokenSource(Deadline);
        var answered = crowd.Answered;
        var working = crowd.Work(http, enough.Token, except);
        await Eventually.True(() => working.IsCompleted || crowd.Answered > answered + more, Deadline);
        await enough.CancelAsync();
        await working;
        Assert.That(crowd.Answered, Is.GreaterThan(answered + more));
    }
}
