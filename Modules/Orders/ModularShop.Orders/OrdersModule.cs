using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Modules;
using ModularShop.Orders.Data;
using ModularShop.Orders.Features;
using ModularShop.Orders.Reactions;

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

    protected override IReadOnlyList<ReadCopy<OrdersDb>> ReadCopies =>
        [
            new(
                Copies.Products,
                (db, ct) => db.Products.ExecuteDeleteAsync(ct),
                typeof(CopyNewProduct),
                typeof(CopyNewPrice),
                typeof(CopyDiscontinuation)
            ),
            // A replay of the erasures also erases customers from orders that were restored from a backup.
            new(Copies.ErasedCustomers, (db, ct) => db.ErasedCustomers.ExecuteDeleteAsync(ct), typeof(ForgetCustomer)),
        ];
}
