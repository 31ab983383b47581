using ModularShop.Kernel.Events;
using ModularShop.Kernel.Operations;
using Spectre.Console;

namespace ModularShop.Host.CommandLine;

/// <summary>Waits, with a progress bar where somebody looks, until subscribers have applied what the logs hold.</summary>
internal static class CatchUp
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="subscriber">The module whose subscriptions to wait for; all modules if it is null.</param>
    /// <exception cref="CommandFailedException">One will not catch up by itself: it is halted, or its module or source broke down.</exception>
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
            var awaited = all.Where(s => subscriber is null || Is(subscriber, s.Subscriber)).ToList();
            var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
            if (modules.FirstOrDefault(module => module.IsQuarantined && IsNeeded(module.Name)) is { } broken)
            {
                throw new CommandFailedException(
                    $"Module {broken.Name} is quarantined, so that {subscriber ?? "the shop"} has not caught up: {broken.Reason}"
                );
            }
            if (awaited.Find(s => s.State == SubscriptionState.Halted) is { } halted)
            {
                throw new CommandFailedException($"{halted.Subscriber} does not follow {halted.Source}: {halted.Error}");
            }
            // One that is just being restarted lists none.
            if (modules.All(module => module.IsRunning || !IsNeeded(module.Name)) && awaited.TrueForAll(s => s.IsCaughtUp))
            {
                return awaited;
            }
            report(awaited.Sum(s => s.Lag));
            await Task.Delay(Pause, ct);

            bool IsNeeded(string module) => subscriber is null || Is(subscriber, module) || awaited.Exists(s => Is(s.Source, module));
        }
    }

    private static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    // What is to do is known by the greatest lag seen; it grows while others publish.
    private static void Show(ProgressTask bar, long lag)
    {
        bar.MaxValue = Math.Max(bar.MaxValue, lag);
        bar.Value = bar.MaxValue - lag;
    }
}
