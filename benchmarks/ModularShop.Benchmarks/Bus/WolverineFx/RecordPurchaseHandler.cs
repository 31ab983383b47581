using Microsoft.EntityFrameworkCore;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Persistence;
using Wolverine;

namespace ModularShop.Benchmarks.Bus.WolverineFx;

/// <summary>
/// The subscriber. Wolverine's inbox is in the publisher's file and not part of this transaction, so that this file has an inbox of
/// its own. Public, with what it asks for, as Wolverine generates code that calls it.
/// </summary>
public static class RecordPurchaseHandler
{
    public static async Task Handle(
        OrderPlaced placed,
        Envelope envelope,
        WolverinePurchasesDb db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        db.Applying = placed.Number;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Inbox.AnyAsync(message => message.Id == envelope.Id, ct))
        {
            db.Inbox.Add(new InboxMessage { Id = envelope.Id, HandledAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(ct);
            await Purchases.Save(db, placed, ct);
        }
        await transaction.CommitAsync(ct);
    }
}

public sealed class WolverinePurchasesDb(DbContextOptions<WolverinePurchasesDb> options) : ModuleDbContext(options)
{
    internal DbSet<InboxMessage> Inbox => Set<InboxMessage>();

    /// <summary>The number of the order that the next commit records.</summary>
    internal long Applying { get; set; }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<InboxMessage>().ToTable("inbox");
        base.OnModelCreating(modelBuilder);
    }
}
