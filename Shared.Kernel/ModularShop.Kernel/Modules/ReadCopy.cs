using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A part of a module's file that is filled from other modules' events alone, so that it can be cleared and replayed. A source
/// fills at most one read copy of a module: tables that are filled from the same source are one copy.
/// </summary>
/// <param name="Name">In kebab case. Commands that decide on the copy name it, and so do operators.</param>
/// <param name="Clear">Deletes all of it. Runs in a unit of work.</param>
/// <param name="Reactions">
/// The reactions that fill it. A rebuild calls these for history that was applied before, and no other reactions: one that does
/// more than fill the copy, and must not do that twice, does not belong here.
/// </param>
public sealed record ReadCopy<TDb>(string Name, Func<TDb, CancellationToken, Task> Clear, params IReadOnlyList<Type> Reactions)
    where TDb : ModuleDbContext;
