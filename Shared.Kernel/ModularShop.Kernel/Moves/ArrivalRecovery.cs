using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Moves;

/// <summary>Finishes, at the start of a process, the moves to it that it had accepted. What it had not accepted is left to the other side.</summary>
internal static class ArrivalRecovery
{
    private const string Extension = ".arriving.json";

    public static MoveJournal<ArrivalEntry> JournalOf(string directory, string module) => new(directory, module, Extension);

    /// <exception cref="IOException">A file cannot be moved to its place.</exception>
    public static async Task Run(DataDirectory directory, IReadOnlyList<ModuleDescriptor> modules, TopologyFile file, string self)
    {
        foreach (var module in modules)
        {
            var journal = JournalOf(directory.Path, module.Name);
            if (journal.Read() is not { Decision: MoveDecision.Accepted } entry)
            {
                continue;
            }
            if (!entry.IsSameDirectory)
            {
                ArrivingFile.Install(directory.Path, module.Name, directory.FileOf(module));
            }
            DepartedNote.Delete(directory.FileOf(module));
            await file.Place(module.Name, self);
            journal.Delete();
        }
    }
}
