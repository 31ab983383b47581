using Spectre.Console;

namespace ModularShop.Host.CommandLine;

/// <summary>Waits, with a progress bar where somebody looks, until subscribers have applied what the logs hold.</summary>
internal static class CatchUp
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="subscriber">The module whose subscriptions to wait for; all modules if it is null.</param>
    /// <exception cref="CommandFailedException">A subscription is halted: it will not catch up by itself.</exception>
    public static async Task<IReadOnlyList<SubscriptionView>> Wait(HttpClient http, string? subscriber, CancellationToken ct)
    {
        if (!Terminal.Error.Profile.Capabilities.Interactive)
        {
            return await Wait(http, subscriber, _ => { }, ct);
        }
        return await Terminal
            .Error.Progress()
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(subscriber is null ? "Catching up" : $"{subscriber} is catching up", maxValue: 1);
                return await Wait(http, subscriber, lag => Show(bar, lag), ct);
            });
    }

    private static async Task<IReadOnlyList<SubscriptionView>> Wait(
        HttpClient http,
        string? subscriber,
        Action<long> report,
        CancellationToken ct
    )
    {
        while (true)
        {
            var all = await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", ct);
            var awaited = all.Where(s => subscriber is null || s.Subscriber.Equals(subscriber, StringComparison.OrdinalIgnoreCase))
                .ToList();
            if (awaited.Find(s => s.State == "halted") is { } halted)
            {
                throw new CommandFailedException($"{halted.Subscriber} does not follow {halted.Source}: {halted.Error}");
            }
            if (awaited.TrueForAll(s => s.IsCaughtUp))
            {
                return awaited;
            }
            report(awaited.Sum(s => s.Lag));
            await Task.Delay(Pause, ct);
        }
    }

    // What is to do is known by the greatest lag seen; it grows while others publish.
    private static void Show(ProgressTask bar, long lag)
    {
        bar.MaxValue = Math.Max(bar.MaxValue, lag);
        bar.Value = bar.MaxValue - lag;
    }
}
