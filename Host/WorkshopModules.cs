using ModularShop.Kernel.Modules;
using ModularShop.PurchaseHistorySync;

namespace ModularShop.Host;

/// <summary>
/// Modules that show and measure something and are not part of the shop. They run only with <c>run --workshop</c>. A class of its own, so
/// that their assemblies are not loaded otherwise.
/// </summary>
internal static class WorkshopModules
{
    /// <summary>The modules of the shop and those of the workshop.</summary>
    public static IReadOnlyList<ModuleSource> WithShop => [.. ShopModules.All, ModuleSource.Of<PurchaseHistorySyncModule>()];
}
