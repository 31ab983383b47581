using ModularShop.Benchmarks.Orders.EfCore;
using ModularShop.Orders.Contracts;
using Wolverine;

namespace ModularShop.Benchmarks.Orders.WolverineFx;

/// <summary>
/// The subscriber. Wolverine's inbox is in the file of the orders and not part of this transaction, so that the history has an inbox
/// of its own. Public, with what it asks for, as Wolverine generates code that calls it.
/// </summary>
public static class RecordOrderHandler
{
    public static async Task Handle(OrderPlaced order, Envelope envelope, HistoryDb db, TimeProvider clock, CancellationToken ct)
    {
        // Handlers run concurrently: no other one may change the rows between this one's reads and writes.
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await new RecordOrder(db, clock).Handle(envelope.Id, order, ct);
        await transaction.CommitAsync(ct);
    }
}
