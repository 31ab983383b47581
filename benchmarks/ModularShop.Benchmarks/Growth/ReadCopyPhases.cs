using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Raw;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Benchmarks.Growth;

/// <summary>Filling the purchase history: as a new module, by a rebuild, and with hand-written code.</summary>
internal sealed class ReadCopyPhases(GrowingShop shop, string empty, Figures figures)
{
    public const string CatchUp = "catch-up, an event";
    public const string Rebuild = "rebuild, an event";
    public const string ByHand = "by hand, an event";

    private const string Module = "purchase-history";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(20);

    public async Task Run()
    {
        await FollowAsNewModule();
        await RebuildAll();
        await FollowByHand();
    }

    private async Task FollowAsNewModule()
    {
        foreach (var file in Directory.EnumerateFiles(shop.Directory, $"{Module}.db*"))
        {
            File.Delete(file);
        }
        await using var process = await shop.Start();
        var before = await process.Use();
        using var http = GrowingShop.Client(process);
        await Replay(CatchUp, process, http, before, TimeProvider.System.GetTimestamp());
        await process.Stop();
    }

    private async Task RebuildAll()
    {
        await using var process = await shop.Start();
        using var http = GrowingShop.Client(process);
        var before = await process.Use();
        var started = TimeProvider.System.GetTimestamp();
        await http.Post<IReadOnlyList<SubscriptionView>>($"/admin/v1/modules/{Module}/rebuild", body: null, default);
        figures.Add("rebuild, clearing, ms", TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        await Replay(Rebuild, process, http, before, started);
        await process.Stop();
    }

    // Events applied before the shop was ready are not counted, as that time is not measured either.
    private async Task Replay(string what, Contender process, HttpClient http, ResourceUse before, long started)
    {
        var (from, to) = await GrowingShop.WaitUntilApplied(http, Module);
        var events = what == Rebuild ? to : to - from;
        figures.Took(what, TimeProvider.System.GetElapsedTime(started), events);
        var use = await process.Use();
        figures.Used(what, use.Since(before), events);
        figures.Peak($"while it does {what.Split(',')[0]}", use);
    }

    private async Task FollowByHand()
    {
        var target = Path.Combine(shop.Directory, "raw");
        DataFiles.Copy(empty, target);
        try
        {
            await using var process = await Contender.Start("raw-catch-up", shop.Directory, target);
            var before = await process.Use();
            var started = TimeProvider.System.GetTimestamp();
            var events = long.Parse(await process.Ask("run", TimeLimit), CultureInfo.InvariantCulture);
            figures.Took(ByHand, TimeProvider.System.GetElapsedTime(started), events);
            figures.Used(ByHand, (await process.Use()).Since(before), events);
            SameRows.Check(shop.Directory, target, $"{Module}.db");
        }
        finally
        {
            DataFiles.Remove(target);
        }
    }
}
