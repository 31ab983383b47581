using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Bus.Polled;

internal sealed class RecordPurchase(InboxDb db, TimeProvider clock, Watch watch, Gate gate) : INotificationHandler<Arrived>
{
    public async Task Handle(Arrived arrived, CancellationToken ct)
    {
        await gate.Pass(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Inbox.AnyAsync(message => message.Id == arrived.MessageId, ct))
        {
            db.Inbox.Add(new InboxMessage { Id = arrived.MessageId, HandledAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(ct);
            await Purchases.Save(db, arrived.Placed, ct);
        }
        await transaction.CommitAsync(ct);
        watch.Applied(arrived.Placed.Number);
    }
}

internal sealed class InboxMessage
{
    public const string Table = "CREATE TABLE inbox (id TEXT NOT NULL PRIMARY KEY, handled_at INTEGER NOT NULL);";

    public Guid Id { get; init; }

    public DateTimeOffset HandledAt { get; init; }
}

internal sealed class InboxDb(DbContextOptions<InboxDb> options) : ModuleDbContext(options)
{
    public DbSet<InboxMessage> Inbox => Set<InboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<InboxMessage>().ToTable("inbox");
        base.OnModelCreating(modelBuilder);
    }
}
