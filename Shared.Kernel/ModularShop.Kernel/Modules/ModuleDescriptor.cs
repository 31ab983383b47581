using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// What everything outside of a module knows about it: health, operators' views, pages, the command line, backups. It contains plain
/// values only and refers to no type of the module's assembly, so it can be kept after the module has stopped.
/// </summary>
public sealed record ModuleDescriptor
{
    private ModuleDescriptor() { }

    /// <summary>The name in kebab case: the prefix of the module's routes and events.</summary>
    public required string Name { get; init; }

    /// <summary>A description in one line, for people.</summary>
    public required string Description { get; init; }

    /// <summary>The simple name of the assembly that contains the module.</summary>
    public required string AssemblyName { get; init; }

    /// <summary>Identifies the build of the module and the kernel. Equal builds read each other's files.</summary>
    public required string Build { get; init; }

    /// <summary>The name of the module's file in the data directory.</summary>
    public string FileName => Name + DataDirectory.FileExtension;

    /// <summary>
    /// Whether a data directory contains the module's file, or shows that it did. Otherwise the file is elsewhere, or there is none yet.
    /// </summary>
    public bool HasFileIn(string directory) => new FileHistory(Path.Combine(directory, FileName), this).IsKnown;

    /// <summary>Whether the file contains data that cannot be restored from the logs of other modules.</summary>
    public required bool OwnsData { get; init; }

    /// <summary>The names of the read copies, which can be cleared and filled again from events.</summary>
    public required IReadOnlyList<string> ReadCopies { get; init; }

    /// <summary>Whether the module has read copies.</summary>
    public bool IsRebuildable => ReadCopies.Count > 0;

    /// <summary>The names of the events that the module publishes.</summary>
    public required IReadOnlyList<string> Publishes { get; init; }

    /// <summary>The names of other modules' events that the module reacts to.</summary>
    public required IReadOnlyList<string> ListensTo { get; init; }

    /// <summary>The names of the modules that publish these events.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>The names of the migrations that this build of the module knows, oldest first.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    internal static ModuleDescriptor Of(Module module) =>
        new()
        {
            Name = module.Name,
            Description = module.Description,
            AssemblyName = module.Assembly.GetName().Name!,
            Build = $"{module.Assembly.ManifestModule.ModuleVersionId:N}-{typeof(Module).Assembly.ManifestModule.ModuleVersionId:N}",
            OwnsData = module.OwnsData,
            ReadCopies = NamesOrNone(() => [.. module.DeclaredCopies.Select(copy => copy.Name)]),
            Publishes = NamesOrNone(() => PublishedEvents.In(module.Assembly, module.Name)),
            ListensTo = NamesOrNone(() => [.. module.Handled.Types.Select(type => type.Name).Order(StringComparer.Ordinal)]),
            Sources = NamesOrNone(() => module.Handled.Sources),
            Migrations = NamesOrNone(() => module.Migrations),
        };

    // A module with an invalid declaration is described without it. Its start fails for the same reason and reports it.
    private static IReadOnlyList<string> NamesOrNone(Func<IReadOnlyList<string>> names)
    {
        try
        {
            return names();
        }
        catch (Exception)
        {
            return [];
        }
    }
}
