using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Modules;
using ModularShop.Orders.Data;
using ModularShop.Orders.Features;

namespace ModularShop.Orders;

public sealed class OrdersModule : Module<OrdersDb>
{
    public override string Name => "orders";

    public override string Description => "Orders and returns, priced from its own copy of the catalog.";

    protected override void Map(IEndpointRouteBuilder routes)
    {
        PlaceOrder.Map(routes);
        ListOrders.Map(routes);
        ShowOrder.Map(routes);
        CancelOrder.Map(routes);
        ReturnOrder.Map(routes);
        ImportOrders.Map(routes);
        ImportReturns.Map(routes);
    }

    protected override async Task ClearReadCopies(OrdersDb db, CancellationToken ct)
    {
        await db.Products.ExecuteDeleteAsync(ct);
        await db.ErasedCustomers.ExecuteDeleteAsync(ct);
    }
}
