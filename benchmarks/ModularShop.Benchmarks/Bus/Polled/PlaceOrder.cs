using System.Text.Json;
using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Bus.Polled;

internal static class PlaceOrder
{
    internal sealed record Command(Basket Basket) : IRequest<Guid>;

    internal sealed class Handler(OutboxDb db, TimeProvider clock, Watch watch) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var placed = command.Basket.Place(now);
            db.Orders.Add(Order.Of(placed));
            db.Outbox.Add(
                new OutboxMessage
                {
                    Id = Guid.CreateVersion7(now),
                    Type = nameof(OrderPlaced),
                    Content = JsonSerializer.Serialize(placed),
                    OccurredAt = now,
                }
            );
            // One transaction for both.
            await db.SaveChangesAsync(ct);
            watch.Committed(placed.Number);
            return placed.OrderId;
        }
    }
}

internal sealed class OutboxMessage
{
    public const string Table = """
        CREATE TABLE outbox (
            id           TEXT NOT NULL PRIMARY KEY,
            type         TEXT NOT NULL,
            content      TEXT NOT NULL,
            occurred_at  INTEGER NOT NULL,
            processed_at INTEGER
        );
        CREATE INDEX outbox_unprocessed ON outbox (occurred_at) WHERE processed_at IS NULL;
        """;

    public Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Content { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; set; }
}

// The base class provides the names and types of columns, which are the same for all contenders.
internal sealed class OutboxDb(DbContextOptions<OutboxDb> options) : ModuleDbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders");
        modelBuilder.Entity<OutboxMessage>().ToTable("outbox");
        base.OnModelCreating(modelBuilder);
    }
}
