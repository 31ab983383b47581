using System.Diagnostics;

namespace ModularShop.SystemTests.Crashes;

/// <summary>No acknowledged change is lost, and nothing takes effect twice, whenever the process is killed.</summary>
internal sealed class CrashTests
{
    [Test]
    public async Task A_shop_killed_under_load_loses_nothing_acknowledged_and_applies_everything_once_in_order()
    {
        var started = Stopwatch.GetTimestamp();
        var kills = new Dictionary<string, int>();
        var acknowledged = 0;
        foreach (var seed in Soak.Seeds(Kill.PerSeed, kills: Kill.PerSeed))
        {
            // At the same time, as a start waits for the disk and for one core.
            var shops = Kill.Plans(seed).Select(plan => new KilledShop(seed, plan)).ToList();
            await Task.WhenAll(shops.Select(shop => shop.Live(kill => Count(seed, kill, shop.Acknowledged))));
            acknowledged += shops.Sum(shop => shop.Acknowledged);
        }

        var atPoints = kills.Where(kill => kill.Key != Kill.Random).ToDictionary();
        Soak.Say(
            $"{kills.Values.Sum()} kills (each of {atPoints.Count} fault points at least {atPoints.Values.Min()} times, "
                + $"{kills[Kill.Random]} at random moments): 0 lost, 0 duplicated, 0 reordered, 0 rows wrong; "
                + $"{acknowledged} acknowledged orders, {Stopwatch.GetElapsedTime(started).TotalMinutes:0.0} minutes"
        );
        Assert.That(atPoints.Keys, Is.EquivalentTo(await FaultPoints()));

        void Count(int seed, Kill kill, int orders)
        {
            lock (kills)
            {
                kills[kill.FaultPoint] = kills.GetValueOrDefault(kill.FaultPoint) + 1;
                Soak.Say($"{kills.Values.Sum(), 4} seed {seed}, {kill}: sound, {orders} orders acknowledged");
            }
        }
    }

    /// <summary>
    /// The names as the shop lists them in its message for an unknown one, without those of a move, which needs a second process.
    /// </summary>
    private static async Task<string[]> FaultPoints()
    {
        var environment = new Dictionary<string, string> { ["MODULARSHOP_KILL_AT"] = "?" };
        var refusal = await ShopProcess.Execute(["run"], workingDirectory: null, environment);
        return refusal
            .Errors[refusal.Errors.IndexOf("one of ", StringComparison.Ordinal)..]["one of ".Length..]
            .Trim()
            .TrimEnd('.')
            .Split(", ")
            .Where(point => !point.StartsWith("move-", StringComparison.Ordinal) && !point.StartsWith("arrival-", StringComparison.Ordinal))
            .ToArray();
    }
}
