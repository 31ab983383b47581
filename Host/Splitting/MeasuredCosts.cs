using System.Text.Json;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Splitting;

/// <summary>
/// What splitting costs, measured in a few seconds by processes of the command's own. Of the shop, they only read some events: the newest
/// of each log.
/// </summary>
/// <param name="Hop">Null when it could not be measured.</param>
/// <param name="Events">For each module that has published events.</param>
/// <param name="Problem">Why something could not be measured; null when all was.</param>
internal sealed record MeasuredCosts(HopCost? Hop, IReadOnlyList<FeedCost> Events, string? Problem)
{
    private const int MaxEvents = 500;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(80);

    public FeedCost? Of(string source) => Events.FirstOrDefault(cost => cost.Source == source);

    public static async Task<MeasuredCosts> Measure(HttpClient http, IReadOnlyList<ModuleView> modules, CancellationToken ct)
    {
        var costs = new List<FeedCost>();
        var publishers = modules.Where(module => module is { IsRunning: true, Events: > 0 }).ToList();
        foreach (var module in publishers)
        {
            await using var trial = await FeedTrial.Start(await Newest(http, module, ct), ct);
            if (costs.Count == 0)
            {
                await trial.Measure(WarmUp, ct);
            }
            costs.Add(await trial.Measure(Time, ct));
        }
        try
        {
            return new MeasuredCosts(await HopTrial.Measure(ct), costs, Problem: null);
        }
        catch (CommandFailedException e)
        {
            return new MeasuredCosts(Hop: null, costs, e.Message);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> Newest(HttpClient http, ModuleView module, CancellationToken ct)
    {
        var after = Math.Max(0, module.Events!.Value - MaxEvents);
        var path = $"/admin/v1/modules/{module.Name}/events?after={after}&limit={MaxEvents}";
        return await http.Get<IReadOnlyList<JsonElement>>(path, ct);
    }
}
