using System.Reflection;
using ModularShop.Catalog;
using ModularShop.Customers;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel;
using ModularShop.Kernel.Modules;
using ModularShop.Orders;
using ModularShop.PurchaseHistory;

namespace ModularShop.Host;

/// <summary>
/// The modules of the shop. Those of the workshop are in <see cref="WorkshopModules"/>. A new module needs a folder under Modules and a line here.
/// </summary>
internal static class ShopModules
{
    public static IReadOnlyList<ModuleSource> All { get; } =
    [
        ModuleSource.Of<CatalogModule>(),
        ModuleSource.Of<CustomersModule>(),
        ModuleSource.Of<OrdersModule>(),
        ModuleSource.Of<PurchaseHistoryModule>(),
    ];

    public static IReadOnlyList<ModuleDescriptor> Descriptors => field ??= [.. All.Select(source => source.Descriptor)];

    /// <summary>The assemblies of the module projects that the host was built with.</summary>
    public static IReadOnlyList<string> Built { get; } =
    [
        .. typeof(ShopModules)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(metadata => metadata.Value == "module")
            .Select(metadata => metadata.Key),
    ];

    /// <summary>Checks that no module project is missing from <see cref="All"/>: it would only be missed as a 404.</summary>
    /// <exception cref="CommandFailedException">One is missing.</exception>
    public static void CheckComplete(IEnumerable<string> built)
    {
        if (built.Except(All.Select(source => source.AssemblyName)).FirstOrDefault() is { } missing)
        {
            throw new CommandFailedException(
                $"The project {missing} is not among the shop's modules. "
                    + $"Add ModuleSource.Of<{missing.Split('.')[^1]}Module>() to the list in Host/ShopModules.cs, or remove the project."
            );
        }
    }

    /// <summary>The names of the modules in a list, for example <c>Orders,purchase-history</c>.</summary>
    /// <param name="sources">The modules to choose from.</param>
    /// <exception cref="CommandFailedException">There is no module with this name.</exception>
    public static IReadOnlyList<string> Named(string list, IReadOnlyList<ModuleSource> sources) =>
        [.. Split(list).Select(name => Find(name, [.. sources.Select(source => source.Descriptor.Name)])).Distinct()];

    public static IReadOnlyList<string> Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static bool IsRebuildable(string name) => Descriptors.Any(module => module.Name == name && module.IsRebuildable);

    /// <summary>
    /// Whether a module's file may contain data of its own, which advice must not drop. True for a module that this build does not
    /// know.
    /// </summary>
    public static bool OwnsData(string name) => !Descriptors.Any(module => module.Name == name && !module.OwnsData);

    private static string Find(string name, IReadOnlyList<string> modules) =>
        modules.FirstOrDefault(module => Plain(module) == Plain(name))
        ?? throw new CommandFailedException(
            $"There is no module '{name}'.{DidYouMean(name, modules)} The modules are: {string.Join(", ", modules)}."
        );

    private static string DidYouMean(string name, IReadOnlyList<string> modules) =>
        SettingNames.Nearest(name, modules) is { } near ? $" Did you mean {near}?" : "";

    // PurchaseHistory and purchase-history are the same name.
    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
