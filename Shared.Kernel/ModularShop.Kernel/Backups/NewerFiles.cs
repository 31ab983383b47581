using System.Data.Common;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>Files that a newer build wrote: this one copies them, but its modules do not start on them.</summary>
public static class NewerFiles
{
    /// <summary>What is newer about the modules' files of a directory, a line a file. One that cannot be read is left out.</summary>
    /// <param name="modules">The modules of this build.</param>
    public static IReadOnlyList<string> In(string directory, IReadOnlyList<Module> modules)
    {
        var found = new List<string>();
        foreach (var path in FileSnapshot.FilesIn(directory))
        {
            try
            {
                using var file = FileSnapshot.Of(path);
                if (WhatIsNewer(file, modules) is { } newer)
                {
                    found.Add($"{file.Name} was written by a newer build: it has {newer}.");
                }
            }
            catch (Exception e) when (e is BackupException or DbException)
            {
                // What is wrong with it, verify says.
            }
        }
        return found;
    }

    internal static string? WhatIsNewer(FileSnapshot file, IReadOnlyList<Module> modules) =>
        KernelSchema.Version(file.Connection) is var version and > KernelSchema.Current ? KernelSchema.NewerThan(version)
        : modules.FirstOrDefault(module => module.Name == file.Module) is { } module
            ? MigrationHistory.NewerThan(module.Migrations(), MigrationHistory.In(file.Connection))
        : null;
}
