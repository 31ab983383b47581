using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>
/// Used at the start of a process. Finds the interrupted moves from this process of which the outcome is not known: the other process may have
/// accepted the module or not. Such a module must not be started before the outcome is known.
/// </summary>
internal static class DepartureRecovery
{
    private const string Extension = ".moving.json";

    public static MoveJournal<DepartureEntry> JournalOf(string directory, string module) => new(directory, module, Extension);

    /// <summary>The undecided moves. Journals of moves that cannot have been accepted are deleted.</summary>
    public static IReadOnlyList<(ModuleDescriptor Module, DepartureEntry Entry)> Undecided(
        DataDirectory directory,
        IReadOnlyList<ModuleDescriptor> modules
    )
    {
        var found = new List<(ModuleDescriptor, DepartureEntry)>();
        foreach (var module in modules)
        {
            var journal = JournalOf(directory.Path, module.Name);
            if (journal.Read() is not { } entry)
            {
                continue;
            }
            if (entry.IsSigned && Names(directory.FileOf(module), entry.Plan))
            {
                found.Add((module, entry));
            }
            else
            {
                journal.Delete(); // No file names the other process, which therefore cannot have accepted the module.
            }
        }
        return found;
    }

    // If the file is not there, it was put aside after the other process had accepted the module; that is finished then.
    private static bool Names(string file, MovePlan plan) =>
        !File.Exists(file) || Ownership.In(file) == new Ownership(plan.To, plan.Generation);
}
