using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ModularShop.ArchitectureTests.Rules;
using ModularShop.Kernel.Modules;

namespace ModularShop.ArchitectureTests;

/// <summary>The layers of the kernel, and the few places that may use SQLite's types.</summary>
internal sealed class LayerTests
{
    private const string Root = "ModularShop.Kernel";

    // Each layer may use only the layers before it.
    private static readonly string[] Layers =
    [
        "Diagnostics",
        "Storage",
        "Persistence",
        "Events",
        "Requests",
        "Http",
        "Processes",
        "Modules",
        "Backups",
        "Moves",
        "Operations",
        "Hosting",
    ];

    // Beside the layer Storage. Both look at files as files.
    private static readonly string[] KnowSqlite = [$"{Root}.Backups.FileSnapshot", $"{Root}.Backups.TableComparison"];

    // Others use ModuleDescriptor, so that nothing refers to a module that has stopped.
    private static readonly string[] UseModule =
    [
        $"{Root}.Modules.MigrationCheck",
        $"{Root}.Modules.Module",
        $"{Root}.Modules.ModuleDescriptor",
        $"{Root}.Modules.ModulePipeline",
        $"{Root}.Modules.ModuleServices",
        $"{Root}.Modules.ModuleSource",
        $"{Root}.Modules.PreparedModule",
    ];

    private static readonly Architecture Kernel = new ArchLoader()
        .LoadAssemblies(
            typeof(ModuleState).Assembly,
            typeof(Microsoft.Data.Sqlite.SqliteConnection).Assembly,
            typeof(SQLitePCL.raw).Assembly
        )
        .Build();

    private static readonly Architecture Invalid = new ArchLoader().LoadAssemblies(typeof(LayerTests).Assembly).Build();

    [Test]
    public void Each_layer_of_the_kernel_uses_only_those_before_it() =>
        Assert.That(LayerRule.Violations(Kernel.Types, Root, Layers), Is.Empty);

    [Test]
    public void Every_layer_that_is_named_exists() =>
        Assert.That(Layers.Where(layer => !Kernel.Types.Any(type => type.Namespace.FullName == $"{Root}.{layer}")), Is.Empty);

    [Test]
    public void A_layer_that_uses_a_later_one_is_caught()
    {
        var violations = LayerRule.Violations(Invalid.Types, $"{typeof(LayerTests).Namespace}.Invalid.Layered", ["Lower", "Upper"]);

        Assert.That(
            violations,
            Is.EquivalentTo(["Lower.Cellar uses Upper.Roof", $"{typeof(LayerTests).Namespace}.Invalid.Layered.Astray.Shed is in no layer"])
        );
    }

    [Test]
    public void Only_a_few_places_name_the_types_of_SQLite() =>
        Assert.That(
            PlacesThatUse(IsOfSqlite).Where(name => !name.StartsWith($"{Root}.Storage.", StringComparison.Ordinal)),
            Is.EquivalentTo(KnowSqlite)
        );

    [Test]
    public void Only_what_creates_and_runs_a_module_uses_its_object() => Assert.That(PlacesThatUse(IsModule), Is.EquivalentTo(UseModule));

    private static IEnumerable<string> PlacesThatUse(Func<IType, bool> isUsed) =>
        Kernel
            .Types.Where(type => type.FullName.StartsWith($"{Root}.", StringComparison.Ordinal))
            .Where(type => type.Dependencies.Any(dependency => isUsed(dependency.Target)))
            .Select(type => type.FullName.Split('+', '/', '`')[0])
            .Distinct();

    private static bool IsModule(IType type) => type.FullName.Split('`')[0] == typeof(Module).FullName;

    private static bool IsOfSqlite(IType type) =>
        type.FullName.StartsWith("Microsoft.Data.Sqlite.", StringComparison.Ordinal)
        || type.FullName.StartsWith("SQLitePCL.", StringComparison.Ordinal);
}
