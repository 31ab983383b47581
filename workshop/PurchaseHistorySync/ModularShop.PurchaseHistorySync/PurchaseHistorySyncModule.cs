using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.PurchaseHistorySync.Calls;
using ModularShop.PurchaseHistorySync.Data;
using ModularShop.PurchaseHistorySync.Features;

namespace ModularShop.PurchaseHistorySync;

/// <summary>
/// Answers what PurchaseHistory answers, by requests to the public routes of the other modules at the time of the question. It keeps no
/// copy. It exists to be compared with PurchaseHistory, and is not part of the shop.
/// </summary>
public sealed class PurchaseHistorySyncModule : Module<PurchaseHistorySyncDb>
{
    public override string Name => "purchase-history-sync";

    public override string Description => "What each customer bought, asked of the other modules each time. For comparison only.";

    public override bool OwnsData => false;

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(CallSettings.Read(configuration))
            .AddSingleton<ModuleClient>()
            .AddSingleton<ShopRoutes>()
            .AddSingleton<PurchaseReader>();

    protected override void Map(IEndpointRouteBuilder routes) => ShowCustomerProducts.Map(routes);
}
