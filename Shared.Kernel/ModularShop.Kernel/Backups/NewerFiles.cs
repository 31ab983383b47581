using System.Data.Common;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>Finds files that a newer build wrote. This build can copy them, but its modules do not start with them.</summary>
public static class NewerFiles
{
    /// <summary>
    /// Describes what is newer in the modules' files of a directory, one line for each file. Unreadable files are left out.
    /// </summary>
    /// <param name="modules">The modules of this build.</param>
    public static IReadOnlyList<string> In(string directory, IReadOnlyList<ModuleDescriptor> modules)
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
                // The verification reports what is wrong with it.
            }
        }
        return found;
    }

    internal static string? WhatIsNewer(FileSnapshot file, IReadOnlyList<ModuleDescriptor> modules) =>
        KernelSchema.Version(file.Connection) is var version and > KernelSchema.Current ? KernelSchema.NewerThan(version)
        : modules.FirstOrDefault(module => module.Name == file.Module) is { } module
            ? MigrationHistory.NewerThan(module.Migrations, MigrationHistory.In(file.Connection))
        : null;
}
