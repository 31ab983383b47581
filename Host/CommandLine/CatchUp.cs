using ModularShop.Kernel.Events;
using ModularShop.Kernel.Operations;
using Spectre.Console;

namespace ModularShop.Host.CommandLine;

/// <summary>Waits until subscribers have applied all events of the logs. Shows a progress bar on a terminal.</summary>
internal static class CatchUp
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="subscriber">The module whose subscriptions to wait for; null for all modules.</param>
    /// <exception cref="CommandFailedException">
    /// A subscription cannot catch up by itself: it is halted, or its module or source failed.
    /// </exception>
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
            if (modules.FirstOrDefault(module => module.IsUnreachable && IsNeeded(module.Name)) is { } unreachable)
            {
                throw new CommandFailedException(
                    $"Whether {subscriber ?? "the shop"} has caught up is not known. {unreachable.Name}: {unreachable.Reason}"
                );
            }
            if (awaited.Find(s => !modules.Any(module => Is(s.Source, module.Name))) is { } absent)
            {
                throw new CommandFailedException(
                    $"{absent.Subscriber} cannot catch up: its source {absent.Source} does not run here. "
                        + $"Start it beside {absent.Subscriber}, or act on the whole shop with --url."
                );
            }
            if (awaited.Find(s => s.State == SubscriptionState.Halted) is { } halted)
            {
                throw new CommandFailedException($"{halted.Subscriber} does not follow {halted.Source}: {halted.Error}");
            }
            // A module that is restarting lists no subscriptions.
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

    // The total is the greatest lag seen. It grows while other events are published.
    private static void Show(ProgressTask bar, long lag)
    {
        bar.MaxValue = Math.Max(bar.MaxValue, lag);
        bar.Value = bar.MaxValue - lag;
    }
}
