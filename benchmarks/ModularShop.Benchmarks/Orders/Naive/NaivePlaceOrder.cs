using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModularShop.Benchmarks.Orders.EfCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>Places an order: order, lines and message in the one transaction of SaveChanges.</summary>
internal static class NaivePlaceOrder
{
    public static async Task<IResult> Handle(OrderRequest body, TakeOrder take, NaiveOrdersDb db, CancellationToken ct)
    {
        var (order, refusal) = await take.Add(body, db, ct);
        if (order is null)
        {
            return refusal!;
        }
        db.Outbox.Add(
            new OutboxMessage
            {
                MessageId = Guid.CreateVersion7(),
                Type = nameof(OrderPlaced),
                Payload = JsonSerializer.Serialize(TakeOrder.Event(order), JsonSerializerOptions.Web),
                OccurredAt = order.PlacedAt,
            }
        );
        await db.SaveChangesAsync(ct);
        return TakeOrder.Created(order);
    }
}
