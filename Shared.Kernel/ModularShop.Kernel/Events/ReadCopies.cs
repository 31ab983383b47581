using MediatR;

namespace ModularShop.Kernel.Events;

/// <summary>A read copy as the kernel sees it, with the modules whose events fill it.</summary>
internal sealed record CopyOfSources(
    string Name,
    IReadOnlyList<string> Sources,
    IReadOnlyList<Type> Reactions,
    Func<IServiceProvider, CancellationToken, Task> Clear
);

/// <summary>The read copies of a module, and the reactions that fill them.</summary>
internal sealed class ReadCopies
{
    private readonly string module;
    private readonly HandledEvents handled;
    private readonly HashSet<Type> filling;

    /// <exception cref="InvalidOperationException">A declared read copy cannot be rebuilt.</exception>
    public ReadCopies(
        string module,
        IEnumerable<(string Name, IReadOnlyList<Type> Reactions, Func<IServiceProvider, CancellationToken, Task> Clear)> declared,
        HandledEvents handled
    )
    {
        this.module = module;
        this.handled = handled;
        All =
        [
            .. declared.Select(copy => new CopyOfSources(copy.Name, FindSources(copy.Name, copy.Reactions), copy.Reactions, copy.Clear)),
        ];
        filling = [.. All.SelectMany(copy => copy.Reactions)];
        if (All.GroupBy(copy => copy.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Module '{module}' declares the read copy '{twice.Key}' twice.");
        }
        if (All.SelectMany(copy => copy.Sources).GroupBy(source => source).FirstOrDefault(same => same.Count() > 1) is { } shared)
        {
            throw new InvalidOperationException(
                $"Module '{module}' fills several read copies from '{shared.Key}'. Declare them as one: they are replayed together."
            );
        }
        FillsOnly = new CopyReactions(filling);
    }

    public IReadOnlyList<CopyOfSources> All { get; }

    /// <summary>Calls only the reactions that fill read copies.</summary>
    public INotificationPublisher FillsOnly { get; }

    /// <summary>The read copy with a name, or all when the name is null.</summary>
    /// <exception cref="ConflictException">The module has no read copies.</exception>
    /// <exception cref="NotFoundException">The module has no read copy with this name.</exception>
    public IReadOnlyList<CopyOfSources> Named(string? name) =>
        All.Count == 0 ? throw new ConflictException($"Module '{module}' cannot be rebuilt: it has no read copies.")
        : name is null ? All
        : All.FirstOrDefault(copy => copy.Name == name) is { } found ? [found]
        : throw new NotFoundException($"read copy of {module}", name);

    /// <summary>The names of a source's events that a rebuild replays.</summary>
    public IEnumerable<string> ReplayedFrom(string source) =>
        handled.Reactions.Where(r => r.Event.Source == source && filling.Contains(r.Reaction)).Select(r => r.Event.Name).Distinct();

    /// <summary>The names of a source's events that have a reaction which fills no read copy.</summary>
    public IReadOnlyList<string> ActedOnFrom(string source) =>
        [.. handled.Reactions.Where(r => r.Event.Source == source && !filling.Contains(r.Reaction)).Select(r => r.Event.Name).Distinct()];

    private List<string> FindSources(string copy, IReadOnlyList<Type> reactions)
    {
        if (reactions.Count == 0)
        {
            throw new InvalidOperationException($"The read copy '{copy}' of module '{module}' names no reaction that fills it.");
        }
        if (reactions.FirstOrDefault(type => handled.Reactions.All(r => r.Reaction != type)) is { } stranger)
        {
            throw new InvalidOperationException(
                $"The read copy '{copy}' names {stranger.Name}, which is no reaction of module '{module}' to another module's event."
            );
        }
        return [.. handled.Reactions.Where(r => reactions.Contains(r.Reaction)).Select(r => r.Event.Source).Distinct()];
    }

    private sealed class CopyReactions(HashSet<Type> filling) : INotificationPublisher
    {
        public async Task Publish(
            IEnumerable<NotificationHandlerExecutor> handlerExecutors,
            INotification notification,
            CancellationToken cancellationToken
        )
        {
            foreach (var reaction in handlerExecutors.Where(reaction => filling.Contains(reaction.HandlerInstance.GetType())))
            {
                await reaction.HandlerCallback(notification, cancellationToken);
            }
        }
    }
}
