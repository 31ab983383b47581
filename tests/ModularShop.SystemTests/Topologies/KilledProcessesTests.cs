namespace ModularShop.SystemTests.Topologies;

/// <summary>Any process of a shop may be killed at any moment, under load, as a power failure would.</summary>
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Several))]
internal sealed class KilledProcessesTests(Arrangement arrangement)
{
    private const int KillsOfEach = 6;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Nothing_is_lost_doubled_or_reordered_when_any_process_is_killed()
    {
        var (killed, acknowledged) = (0, 0);
        foreach (var seed in Soak.Seeds(KillsOfEach, kills: KillsOfEach))
        {
            await using var shop = await SplitShop.Start(seed, arrangement);
            var random = new Random(seed);
            for (var kill = 0; kill < KillsOfEach; kill++)
            {
                await shop.Resume();
                shop.AssertSound();
                await KillUnderLoad(shop, random);
                Soak.Say($"{++killed, 4} kills, seed {seed}: sound, {shop.Crowd.Answered} requests acknowledged");
            }
            await shop.Resume();
            shop.AssertSound();
            acknowledged += shop.Crowd.Answered;
        }
        Soak.Say($"{killed} kills, {arrangement}: 0 lost, 0 duplicated, 0 reordered, 0 rows wrong; {acknowledged} requests");
    }

    private static async Task KillUnderLoad(SplitShop shop, Random random)
    {
        using var enough = new CancellationTokenSource(Deadline);
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        var before = shop.Crowd.Answered;
        var load = random.Next(20, 200);
        await Eventually.True(() => shop.Crowd.Answered > before + load, Deadline);
        var name = shop.Names[random.Next(shop.Names.Count)];

        await shop.Kill(name);

        await enough.CancelAsync();
        await working;
        await shop.Start(name);
    }
}
