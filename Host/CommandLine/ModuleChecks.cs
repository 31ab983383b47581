namespace ModularShop.Host.CommandLine;

/// <summary>The doctor's look at what the shop says about its modules and subscriptions.</summary>
internal static class ModuleChecks
{
    private const int Runtime = 10;

    public static Check OfRuntime(ProcessView process) =>
        Version.Parse(process.Runtime).Major >= Runtime
            ? Check.Ok(".NET runtime", process.Runtime)
            : Check.Failed(".NET runtime", process.Runtime, $"Install the .NET {Runtime} runtime: https://dot.net/download");

    public static IEnumerable<Check> OfModule(ModuleView module)
    {
        var name = $"module {module.Name}";
        var restart = $"Restart it with: POST /admin/v1/modules/{module.Name}/restart, or restart the shop.";
        yield return module switch
        {
            { IsRunning: true, Reason: null } => Check.Ok(name, "It runs."),
            { IsRunning: true } => Check.Failed(name, $"It runs, but cannot write: {module.Reason}", module.Cure ?? restart),
            { Cure: { } cure } => Check.Failed(name, $"It is {module.State}: {module.Reason}", $"{cure} {restart}"),
            _ => Check.Failed(name, $"It is {module.State}: {module.Reason}", $"Remove the cause. {restart}"),
        };
        foreach (var notice in module.Notices)
        {
            yield return Check.Warning(name, notice, "Rebuild the module, or run a build that fits; if it is meant so, this can stay.");
        }
    }

    public static IEnumerable<Check> OfSubscription(SubscriptionView subscription, IReadOnlyList<ModuleView> modules)
    {
        var name = $"subscription {subscription.Subscriber} <- {subscription.Source}";
        yield return subscription switch
        {
            { State: "halted" } => Check.Failed(
                name,
                $"It is halted: {subscription.Error}",
                modules.Any(module => module.Name == subscription.Subscriber && module.Rebuildable)
                    ? $"Put the file of {subscription.Source} that was read back, or replay: {Rebuild(subscription.Subscriber)}"
                    : $"Put the file of {subscription.Source} that was read back, or restore a whole backup."
            ),
            { State: "retrying" } => Check.Failed(
                name,
                $"It keeps trying: {subscription.Error}",
                "It goes on by itself when the cause is gone; the log of the shop has the whole error."
            ),
            { State: "waiting-for-source" } => Check.Warning(
                name,
                $"{subscription.Source} is not running here.",
                $"It goes on by itself when {subscription.Source} runs."
            ),
            { State: "running", Error: { } error } => Check.Failed(
                name,
                $"Its dead letters could not be counted: {error}",
                "Remove the cause, then look again."
            ),
            { Lag: > 0 } => Check.Warning(name, $"{subscription.Lag} events behind.", "It is catching up; look again in a while."),
            { State: not "running" } => Check.Failed(
                name,
                $"Nothing reads the source: it is {subscription.State}.",
                $"Restart {subscription.Subscriber} with: POST /admin/v1/modules/{subscription.Subscriber}/restart, or restart the shop."
            ),
            _ => Check.Ok(name, $"Caught up at position {subscription.Position}."),
        };
        if (subscription.DeadLetters > 0)
        {
            yield return Check.Failed(
                $"dead letters {subscription.Subscriber} <- {subscription.Source}",
                $"{subscription.DeadLetters} dead, {subscription.Parked} parked behind them.",
                SettleDeadLetters(subscription.Subscriber)
            );
        }
    }

    public static string Rebuild(string module) => $"modularshop rebuild {module}";

    public static string SettleDeadLetters(string module) =>
        $"modularshop dead-letters list {module}, remove the cause, then retry or discard them.";
}
