using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary>The doctor's checks of what the shop reports about its modules and subscriptions.</summary>
internal static class ModuleChecks
{
    private const int Runtime = 10;

    public static Check OfRuntime(ProcessView process) =>
        Version.Parse(process.Runtime).Major >= Runtime
            ? Check.Ok(".NET runtime", process.Runtime)
            : Check.Failed(".NET runtime", process.Runtime, $"Install the .NET {Runtime} runtime: https://dot.net/download");

    public static Check OfUnreachable(ProcessView process) =>
        Check.Failed(
            $"process {process.Name}",
            process.Problem ?? "It cannot be asked.",
            "Start it, or see why it does not answer: its modules are down."
        );

    public static IEnumerable<Check> OfTopology(ProcessView process) =>
        process switch
        {
            { Name: null } => [],
            { Problem: { } problem } =>
            [
                Check.Failed($"process {process.Name}", problem, "Put the topology file right; the process looks at it again by itself."),
            ],
            _ => [Check.Ok($"process {process.Name}", "It answers.")],
        };

    public static IEnumerable<Check> OfModule(ModuleView module, bool isHosted)
    {
        var name = $"module {module.Name}";
        var restart = Restart(module.Name, isHosted);
        yield return module switch
        {
            { State: ModuleState.Running, Reason: null } => Check.Ok(name, "It runs."),
            { State: ModuleState.Unreachable } => Check.Failed(name, module.Reason!, module.Cure ?? restart),
            { State: ModuleState.Running } => Check.Failed(name, $"It runs, but cannot write: {module.Reason}", module.Cure ?? restart),
            { Cure: { } cure } => Check.Failed(name, $"It is {module.StateName}: {module.Reason}", $"{cure} {restart}"),
            _ => Check.Failed(name, $"It is {module.StateName}: {module.Reason}", $"Remove the cause. {restart}"),
        };
        foreach (var notice in module.Notices)
        {
            yield return Check.Warning(name, notice, OfNotice(module));
        }
    }

    public static IEnumerable<Check> OfSubscription(SubscriptionView subscription, IReadOnlyList<ModuleView> modules, bool isHosted)
    {
        var name = $"subscription {subscription.Subscriber} <- {subscription.Source}";
        yield return subscription switch
        {
            { State: SubscriptionState.Halted } => Check.Failed(
                name,
                $"It is halted: {subscription.Error}",
                PutSourceBack(subscription.Subscriber, modules.Any(module => module.Name == subscription.Subscriber && module.Rebuildable))
            ),
            { State: SubscriptionState.Retrying } => Check.Failed(
                name,
                $"It keeps trying: {subscription.Error}",
                "It goes on by itself when the cause is gone; the log of the shop has the whole error."
            ),
            { State: SubscriptionState.Unreachable } => Check.Failed(
                name,
                $"What it does is not known. {subscription.Error}",
                "Start the process, or see why it does not answer."
            ),
            { State: SubscriptionState.WaitingForSource } => Check.Warning(
                name,
                $"{subscription.Source} cannot be read: it does not run, or its process does not answer.",
                $"It goes on by itself when {subscription.Source} runs."
            ),
            { State: SubscriptionState.Running, Error: { } error } => Check.Failed(
                name,
                $"Its dead letters could not be counted: {error}",
                "Remove the cause, then look again."
            ),
            { Lag: > 0 } => Check.Warning(name, $"{subscription.Lag} events behind.", "It is catching up; look again in a while."),
            { State: not SubscriptionState.Running } => Check.Failed(
                name,
                $"Nothing reads the source: it is {subscription.StateName}.",
                Restart(subscription.Subscriber, isHosted)
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

    /// <param name="isHosted">Whether this command hosts the modules itself, so that they end with it.</param>
    public static string Restart(string module, bool isHosted) =>
        isHosted
            ? "The shop is stopped: start it."
            : $"Restart the module: modularshop modules restart {module} --url URL, or stop and start the shop.";

    /// <summary>The advice for a missing file only, so that nothing is deleted.</summary>
    public static string BeginAnew(string module) => $"To begin without what it held: modularshop modules accept {module}";

    /// <summary>
    /// The advice for a source that was set back. A read copy may hold the only remaining copy of the lost events: it is backed up
    /// before it is dropped.
    /// </summary>
    public static string PutSourceBack(string subscriber, bool isRebuildable) =>
        "Stop the shop, move the source's file aside (with its -wal and -shm) and put the one that was read, or a newer one, in its place. "
        + (
            isRebuildable
                ? $"If there is none: modularshop backup DIR, then {Rebuild(subscriber)}, which drops what the log has lost."
                : $"If there is none: {RestoreWhole}"
        );

    public const string RestoreWhole =
        "restore a whole backup with the shop stopped: modularshop restore BACKUP --data DIR --force, which moves what is there aside.";

    public const string WhereOthersHaveReadFurther =
        "If others have read further than the backup goes, doctor says so then, and what to do.";

    public static string SettleDeadLetters(string module) =>
        $"modularshop dead-letters list {module}, remove the cause, then retry them. Discard only what is never to take effect: "
        + "it cannot be taken back.";

    private static string OfNotice(ModuleView module) =>
        "Run a build that fits; if it is meant so, this can stay. "
        + (module.Rebuildable ? $"If earlier events are needed: modularshop backup DIR, then {Rebuild(module.Name)}" : "");
}
