using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.WolverineFx;

/// <summary>Tells the watch of each commit, and lets no reaction begin while the gate is closed.</summary>
internal sealed class WatchedCommits(Watch watch, Gate gate) : DbTransactionInterceptor
{
    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection,
        TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result,
        CancellationToken ct = default
    )
    {
        if (eventData.Context is WolverinePurchasesDb)
        {
            await gate.Pass(ct);
        }
        return result;
    }

    public override Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken ct = default
    )
    {
        if (eventData.Context is WolverinePurchasesDb purchases)
        {
            watch.Applied(purchases.Applying);
        }
        else if (eventData.Context is ShopOrdersDb orders)
        {
            foreach (var order in orders.ChangeTracker.Entries<Order>())
            {
                watch.Committed(order.Entity.Number);
            }
        }
        return Task.CompletedTask;
    }
}
