using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Orders.EfCore;

/// <summary>The tables of the shop's <c>orders.db</c>.</summary>
internal abstract class OrdersDb(DbContextOptions options) : ModuleDbContext(options)
{
    public DbSet<OrderRow> Orders => Set<OrderRow>();

    public DbSet<PricedProductRow> Products => Set<PricedProductRow>();

    public DbSet<ErasedCustomerRow> ErasedCustomers => Set<ErasedCustomerRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OrderRow>(order =>
        {
            order.ToTable("orders");
            order.HasKey(o => o.Sequence);
            order.OwnsMany(
                o => o.Lines,
                line =>
                {
                    line.ToTable("order_lines");
                    line.WithOwner().HasForeignKey("OrderSequence");
                    line.HasKey("OrderSequence", nameof(OrderLineRow.Position));
                    line.Property(l => l.Position).ValueGeneratedNever();
                }
            );
        });
        modelBuilder.Entity<PricedProductRow>().ToTable("product_copies").HasKey(p => p.ProductId);
        modelBuilder.Entity<ErasedCustomerRow>().ToTable("erased_customers").HasKey(c => c.CustomerId);
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class OrderRow
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

    public List<OrderLineRow> Lines { get; init; } = [];
}

internal sealed class OrderLineRow
{
    public required int Position { get; init; }

    public required Guid ProductId { get; init; }

    public required int Quantity { get; init; }

    public required decimal UnitPrice { get; init; }

    public DateTimeOffset? BoughtAt { get; init; }

    public int Returned { get; init; }
}

internal sealed class PricedProductRow
{
    public required Guid ProductId { get; init; }

    public required decimal Price { get; init; }

    public required string Currency { get; init; }

    public bool IsDiscontinued { get; init; }
}

internal sealed class ErasedCustomerRow
{
    public required Guid CustomerId { get; init; }
}
