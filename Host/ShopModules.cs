using ModularShop.Catalog;
using ModularShop.Customers;
using ModularShop.Kernel.Modules;
using ModularShop.Orders;
using ModularShop.PurchaseHistory;

namespace ModularShop.Host;

/// <summary>The modules of the shop. A new one is a folder under Modules and a line here.</summary>
internal static class ShopModules
{
    public static IReadOnlyList<Module> All { get; } =
    [new CatalogModule(), new CustomersModule(), new OrdersModule(), new PurchaseHistoryModule()];
}
