using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.PurchaseHistory.Data;
using ModularShop.PurchaseHistory.Features;
using ModularShop.PurchaseHistory.Reactions;

namespace ModularShop.PurchaseHistory;

/// <summary>Combines data of all other modules without calling them: everything arrives with events.</summary>
public sealed class PurchaseHistoryModule : Module<PurchaseHistoryDb>
{
    public override string Name => "purchase-history";

    public override string Description => "What each customer bought, who bought each product, and what goes together.";

    public override bool OwnsData => false;

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddScoped<PurchaseBook>();

    protected override void Map(IEndpointRouteBuilder routes)
    {
        ShowCustomerProducts.Map(routes);
        ShowProduct.Map(routes);
        ShowProductCustomers.Map(routes);
        ShowAlsoBought.Map(routes);
        ListPurchases.Map(routes);
    }

    // One read copy, because an order creates rows for customers and products whose own events have not arrived yet.
    protected override IReadOnlyList<ReadCopy<PurchaseHistoryDb>> ReadCopies =>
        [
            new(
                "purchases",
                Clear,
                typeof(LearnCustomer),
                typeof(ForgetCustomer),
                typeof(LearnProduct),
                typeof(RenameProduct),
                typeof(RecordOrder),
                typeof(RecordImportedOrder),
                typeof(RecordReturn),
                typeof(RecordImportedReturn),
                typeof(RemoveCancelledOrder)
            ),
        ];

    private static async Task Clear(PurchaseHistoryDb db, CancellationToken ct)
    {
        await db.Purchases.ExecuteDeleteAsync(ct);
        await db.Orders.ExecuteDeleteAsync(ct);
        await db.CustomerProducts.ExecuteDeleteAsync(ct);
        await db.ProductTotals.ExecuteDeleteAsync(ct);
        await db.Customers.ExecuteDeleteAsync(ct);
        await db.Products.ExecuteDeleteAsync(ct);
    }
}
