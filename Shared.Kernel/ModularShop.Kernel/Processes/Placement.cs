namespace ModularShop.Kernel.Processes;

/// <summary>Where a module runs, as this process knows it.</summary>
internal abstract record Place
{
    /// <summary>In this process.</summary>
    public sealed record Here : Place;

    /// <summary>In another process.</summary>
    public sealed record At(PlacedProcess Process) : Place;

    /// <summary>It is being moved away from this process or to it. Requests wait until that has ended.</summary>
    public sealed record Moving(Task Ended) : Place;

    /// <summary>Not in this process, and without a topology it is not known where.</summary>
    public sealed record Unknown : Place;
}

/// <summary>Where the modules of the shop run. Safe for concurrent use.</summary>
internal sealed class Placement
{
    private static readonly Place Here = new Place.Here();
    private static readonly Place Unknown = new Place.Unknown();

    private readonly Lock gate = new();
    private readonly Dictionary<string, TaskCompletionSource> moves = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> here;
    private volatile Topology? topology;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="self">The name of this process in the topology; null without a topology.</param>
    /// <param name="here">The names of the modules that run in this process.</param>
    public Placement(Topology? topology, string? self, IEnumerable<string> here)
    {
        this.topology = topology;
        Self = self;
        this.here = new HashSet<string>(here, StringComparer.OrdinalIgnoreCase);
    }

    public string? Self { get; }

    public Topology? Topology => topology;

    /// <summary>The other processes of the topology.</summary>
    public IReadOnlyList<PlacedProcess> Others => [.. (topology?.Processes ?? []).Where(process => process.Name != Self)];

    /// <summary>Completes at the next change. Read this property first, then the places.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    public Place Of(string module)
    {
        lock (gate)
        {
            return moves.TryGetValue(module, out var move) ? new Place.Moving(move.Task)
                : here.Contains(module) ? Here
                : topology?.HostOf(module) is { } host && host.Name != Self ? new Place.At(host)
                : Unknown;
        }
    }

    /// <summary>Uses a newer topology. An older one is ignored.</summary>
    public void Use(Topology newer) =>
        Change(() =>
        {
            if (newer.Version >= (topology?.Version ?? 0))
            {
                topology = newer;
            }
        });

    /// <summary>Lets the requests of a module wait until <see cref="EndMove"/>.</summary>
    public void BeginMove(string module) =>
        Change(() => moves.TryAdd(module, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));

    /// <param name="isHere">Whether the module runs in this process now.</param>
    public void EndMove(string module, bool isHere)
    {
        TaskCompletionSource? move = null;
        Change(() =>
        {
            moves.Remove(module, out move);
            _ = isHere ? here.Add(module) : here.Remove(module);
        });
        move?.SetResult();
    }

    private void Change(Action change)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            change();
            wake = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        wake.SetResult();
    }
}
