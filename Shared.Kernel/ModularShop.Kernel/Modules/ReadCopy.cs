using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A part of a module's file that is filled only from other modules' events, so that it can be cleared and replayed. Each source fills
/// at most one read copy of a module: tables that are filled from the same source belong to the same copy.
/// </summary>
/// <param name="Name">The name in kebab case, which commands that decide on the copy and operators use.</param>
/// <param name="Clear">Deletes all rows of the copy. Runs in a unit of work.</param>
/// <param name="Reactions">
/// The reactions that fill the copy. A rebuild calls only these for events that were applied before. A reaction with another effect,
/// which must not happen twice, does not belong here.
/// </param>
public sealed record ReadCopy<TDb>(string Name, Func<TDb, CancellationToken, Task> Clear, params IReadOnlyList<Type> Reactions)
    where TDb : ModuleDbContext;
