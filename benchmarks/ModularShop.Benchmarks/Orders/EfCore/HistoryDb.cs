using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Orders.EfCore;

/// <summary>The tables of the shop's <c>purchase-history.db</c>, and an inbox beside them.</summary>
public sealed class HistoryDb(DbContextOptions<HistoryDb> options) : ModuleDbContext(options)
{
    /// <summary>The one table that the shop's file does not have: which messages took effect.</summary>
    internal const string InboxTable =
        "CREATE TABLE inbox (message_id TEXT NOT NULL PRIMARY KEY, processed_at INTEGER NOT NULL) WITHOUT ROWID";

    internal DbSet<CustomerRow> Customers => Set<CustomerRow>();

    internal DbSet<ProductRow> Products => Set<ProductRow>();

    internal DbSet<OrderCopyRow> Orders => Set<OrderCopyRow>();

    internal DbSet<PurchaseRow> Purchases => Set<PurchaseRow>();

    internal DbSet<CustomerProductRow> CustomerProducts => Set<CustomerProductRow>();

    internal DbSet<ProductTotalRow> ProductTotals => Set<ProductTotalRow>();

    internal DbSet<InboxMessage> Inbox => Set<InboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CustomerRow>().ToTable("customers").HasKey(c => c.Sequence);
        modelBuilder.Entity<ProductRow>().ToTable("products").HasKey(p => p.Sequence);
        modelBuilder.Entity<OrderCopyRow>(order =>
        {
            order.ToTable("orders").HasKey(o => o.Sequence);
            order.HasOne(o => o.Customer).WithMany().HasForeignKey(o => o.CustomerSequence);
            order.HasMany(o => o.Purchases).WithOne().HasForeignKey(p => p.OrderSequence);
        });
        modelBuilder.Entity<PurchaseRow>(purchase =>
        {
            purchase.ToTable("purchases").HasKey(p => new { p.OrderSequence, p.ProductSequence });
            purchase.HasOne(p => p.Product).WithMany().HasForeignKey(p => p.ProductSequence);
        });
        modelBuilder.Entity<CustomerProductRow>(row =>
        {
            row.ToTable("customer_products")
                .HasKey(r => new
                {
                    r.CustomerSequence,
                    r.ProductSequence,
                    r.Currency,
                });
            row.HasOne(r => r.Customer).WithMany().HasForeignKey(r => r.CustomerSequence);
            row.HasOne(r => r.Product).WithMany().HasForeignKey(r => r.ProductSequence);
        });
        modelBuilder.Entity<ProductTotalRow>(row =>
        {
            row.ToTable("product_totals").HasKey(r => new { r.ProductSequence, r.Currency });
            row.HasOne(r => r.Product).WithMany().HasForeignKey(r => r.ProductSequence);
        });
        modelBuilder.Entity<InboxMessage>().ToTable("inbox").HasKey(m => m.MessageId);
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class CustomerRow
{
    public long Sequence { get; init; }

    public required Guid CustomerId { get; init; }

    public required string Label { get; init; }

    public bool IsErased { get; init; }
}

internal sealed class ProductRow
{
    public long Sequence { get; init; }

    public required Guid ProductId { get; init; }

    public required string Sku { get; init; }

    public string? Name { get; init; }
}

internal sealed class OrderCopyRow
{
    public long Sequence { get; init; }

    public required Guid OrderId { get; init; }

    public long? CustomerSequence { get; init; }

    public CustomerRow? Customer { get; init; }

    public required string Currency { get; init; }

    public required List<PurchaseRow> Purchases { get; init; }
}

internal sealed class PurchaseRow
{
    public long OrderSequence { get; init; }

    public long ProductSequence { get; init; }

    public required ProductRow Product { get; init; }

    public required long Quantity { get; init; }

    public required decimal Amount { get; init; }

    public required DateTimeOffset BoughtAt { get; init; }
}

internal sealed class CustomerProductRow
{
    public long CustomerSequence { get; init; }

    public required CustomerRow Customer { get; init; }

    public long ProductSequence { get; init; }

    public required ProductRow Product { get; init; }

    public required string Currency { get; init; }

    public long Orders { get; set; }

    public long QuantityBought { get; set; }

    public decimal AmountBought { get; set; }

    public long QuantityReturned { get; init; }

    public decimal AmountReturned { get; init; }

    public DateTimeOffset? LastBought { get; set; }
}

internal sealed class ProductTotalRow
{
    public long ProductSequence { get; init; }

    public required ProductRow Product { get; init; }

    public required string Currency { get; init; }

    public long Orders { get; set; }

    public long QuantityBought { get; set; }

    public decimal AmountBought { get; set; }

    public long QuantityReturned { get; init; }

    public decimal AmountReturned { get; init; }
}

internal sealed class InboxMessage
{
    public required Guid MessageId { get; init; }

    public required DateTimeOffset ProcessedAt { get; init; }
}
