using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>The tables of the shop's <c>orders.db</c>, and an outbox beside them.</summary>
internal sealed class NaiveOrdersDb(DbContextOptions<NaiveOrdersDb> options) : ModuleDbContext(options)
{
    /// <summary>The one table that the shop's file does not have.</summary>
    public const string OutboxTable = """
        CREATE TABLE outbox (
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            message_id   TEXT NOT NULL,
            type         TEXT NOT NULL,
            payload      TEXT NOT NULL,
            occurred_at  INTEGER NOT NULL,
            processed_at INTEGER NULL
        );
        CREATE INDEX outbox_waiting ON outbox (id) WHERE processed_at IS NULL;
        """;

    public DbSet<NaiveOrder> Orders => Set<NaiveOrder>();

    public DbSet<NaivePricedProduct> Products => Set<NaivePricedProduct>();

    public DbSet<NaiveErasedCustomer> ErasedCustomers => Set<NaiveErasedCustomer>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<NaiveOrder>(order =>
        {
            order.ToTable("orders");
            order.HasKey(o => o.Sequence);
            order.OwnsMany(
                o => o.Lines,
                line =>
                {
                    line.ToTable("order_lines");
                    line.WithOwner().HasForeignKey("OrderSequence");
                    line.HasKey("OrderSequence", nameof(NaiveOrderLine.Position));
                    line.Property(l => l.Position).ValueGeneratedNever();
                }
            );
        });
        modelBuilder.Entity<NaivePricedProduct>().ToTable("product_copies").HasKey(p => p.ProductId);
        modelBuilder.Entity<NaiveErasedCustomer>().ToTable("erased_customers").HasKey(c => c.CustomerId);
        modelBuilder.Entity<OutboxMessage>().ToTable("outbox").HasKey(m => m.Id);
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class NaiveOrder
{
    public long Sequence { get; init; }

    public required Guid Id { get; init; }

    public Guid? CustomerId { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    public required string Currency { get; init; }

    public required string Status { get; init; }

    public string? CancellationReason { get; init; }

    public string? ImportNumber { get; init; }

    public long Version { get; init; } = 1;

    public List<NaiveOrderLine> Lines { get; init; } = [];
}

internal sealed class NaiveOrderLine
{
    public required int Position { get; init; }

    public required Guid ProductId { get; init; }

    public required int Quantity { get; init; }

    public required decimal UnitPrice { get; init; }

    public DateTimeOffset? BoughtAt { get; init; }

    public int Returned { get; init; }
}

internal sealed class NaivePricedProduct
{
    public required Guid ProductId { get; init; }

    public required decimal Price { get; init; }

    public required string Currency { get; init; }

    public bool IsDiscontinued { get; init; }
}

internal sealed class NaiveErasedCustomer
{
    public required Guid CustomerId { get; init; }
}

internal sealed class OutboxMessage
{
    public long Id { get; init; }

    public required Guid MessageId { get; init; }

    public required string Type { get; init; }

    public required string Payload { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; set; }
}
