using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>The views of all modules of the shop, in this process and in others. The answers are the same in every topology.</summary>
internal sealed class Overview(
    KnownModules known,
    DataDirectory directory,
    ModuleSupervisors modules,
    Placement placement,
    OtherProcesses? others = null,
    TopologyWatch? watch = null
)
{
    public ProcessView ProcessHere() =>
        new(Environment.ProcessId, Environment.Version.ToString(), directory.Path, placement.Self, watch?.Problem);

    /// <summary>This process and the others of the topology. Those that cannot be asked have a problem.</summary>
    public async Task<IReadOnlyList<ProcessView>> Processes(CancellationToken ct) =>
        [
            ProcessHere(),
            .. (others is null ? [] : await others.Ask<ProcessView>(BusRoutes.Process, ct)).Select(told =>
                told.Answer ?? new ProcessView(ProcessId: 0, Runtime: "", DataDirectory: "", told.Process.Name, told.Problem)
            ),
        ];

    /// <summary>The modules that run in this process.</summary>
    public IReadOnlyList<ModuleView> ModulesHere() =>
        [.. modules.All.Select(module => OperatorViews.Of(module) with { Process = placement.Self })];

    /// <summary>The subscriptions of the modules that run in this process.</summary>
    public IReadOnlyList<SubscriptionView> SubscriptionsHere() => [.. modules.All.SelectMany(OperatorViews.SubscriptionsOf)];

    /// <summary>All modules of the shop. Those of a process that cannot be asked are unreachable.</summary>
    public async Task<IReadOnlyList<ModuleView>> Modules(CancellationToken ct)
    {
        var told = others is null ? [] : await others.Ask<List<ModuleView>>(BusRoutes.Modules, ct);
        var views = ModulesHere()
            .Concat(told.SelectMany(process => process.Answer ?? Unreachable(process.Process, process.Problem!)))
            .ToList();
        return [.. known.All.SelectMany(module => views.Where(view => view.Name == module.Name).Take(1))];
    }

    /// <summary>
    /// All subscriptions of the shop. Their lag is counted from the end of the source's log, as the source itself reports it, and not
    /// from what the subscriber has heard of it.
    /// </summary>
    public async Task<IReadOnlyList<SubscriptionView>> Subscriptions(CancellationToken ct)
    {
        // The ends of the logs first: events that are published meanwhile do not count.
        var ends = others is null ? null : (await Modules(ct)).ToDictionary(module => module.Name, module => module.Events);
        var told = others is null ? [] : await others.Ask<List<SubscriptionView>>(BusRoutes.Subscriptions, ct);
        var views = SubscriptionsHere()
            .Concat(told.SelectMany(process => process.Answer ?? UnreachableSubscriptions(process.Process, process.Problem!)))
            .Select(view => ends?.GetValueOrDefault(view.Source) is { } end ? view with { Lag = Math.Max(0, end - view.Position) } : view)
            .ToList();
        return
        [
            .. known.All.SelectMany(module =>
                module.Sources.SelectMany(source => views.Where(view => view.Subscriber == module.Name && view.Source == source).Take(1))
            ),
        ];
    }

    private IEnumerable<ModuleView> Unreachable(PlacedProcess process, string problem) =>
        known
            .All.Where(module => process.Modules.Contains(module.Name))
            .Select(module => new ModuleView(
                module.Name,
                module.Description,
                ModuleState.Unreachable,
                problem,
                $"Start process '{process.Name}', or see why it does not answer.",
                module.FileName,
                module.IsRebuildable,
                module.ReadCopies,
                module.Publishes,
                module.ListensTo,
                Events: null,
                Notices: [],
                FileBytes: 0,
                WalBytes: 0,
                WalLimit: 0,
                WalHoldsErased: false,
                module.OwnsData,
                process.Name
            ));

    private IEnumerable<SubscriptionView> UnreachableSubscriptions(PlacedProcess process, string problem) =>
        from module in known.All
        where process.Modules.Contains(module.Name)
        from source in module.Sources
        select new SubscriptionView(
            module.Name,
            source,
            SubscriptionState.Unreachable,
            Position: 0,
            Lag: 0,
            DeadLetters: 0,
            Parked: 0,
            FillsUntil: null,
            problem
        );
}
