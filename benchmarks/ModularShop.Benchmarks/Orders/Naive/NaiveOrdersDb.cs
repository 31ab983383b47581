using Microsoft.EntityFrameworkCore;
using ModularShop.Benchmarks.Orders.EfCore;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>The tables of the shop's <c>orders.db</c>, and an outbox beside them.</summary>
internal sealed class NaiveOrdersDb(DbContextOptions<NaiveOrdersDb> options) : OrdersDb(options)
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

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OutboxMessage>().ToTable("outbox").HasKey(m => m.Id);
        base.OnModelCreating(modelBuilder);
    }
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
