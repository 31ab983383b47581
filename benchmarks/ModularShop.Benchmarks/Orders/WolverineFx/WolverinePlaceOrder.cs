using Microsoft.AspNetCore.Http;
using ModularShop.Benchmarks.Orders.EfCore;
using Wolverine.EntityFrameworkCore;

namespace ModularShop.Benchmarks.Orders.WolverineFx;

/// <summary>Places an order: order, lines and message in the one transaction of Wolverine's outbox.</summary>
internal static class WolverinePlaceOrder
{
    public static async Task<IResult> Handle(
        OrderRequest body,
        TakeOrder take,
        IDbContextOutbox<WolverineOrdersDb> outbox,
        CancellationToken ct
    )
    {
        var (order, refusal) = await take.Add(body, outbox.DbContext, ct);
        if (order is null)
        {
            return refusal!;
        }
        await outbox.PublishAsync(TakeOrder.Event(order));
        await outbox.SaveChangesAndFlushMessagesAsync(ct);
        return TakeOrder.Created(order);
    }
}
