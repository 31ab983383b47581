using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Data;

/// <summary>The orders' database.</summary>
public sealed class OrdersDb(DbContextOptions<OrdersDb> options) : ModuleDbContext(options)
{
    internal DbSet<Order> Orders => Set<Order>();

    internal DbSet<Return> Returns => Set<Return>();

    /// <summary>The read copy of the catalog: products that can be ordered, with their prices.</summary>
    internal DbSet<ProductCopy> Products => Set<ProductCopy>();

    /// <summary>The read copy of the customers who were erased.</summary>
    internal DbSet<ErasedCustomer> ErasedCustomers => Set<ErasedCustomer>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.HasKey(o => o.Sequence);
            order.HasIndex(o => o.Id).IsUnique();
            order.HasIndex(o => o.ImportNumber).IsUnique();
            order.HasIndex(o => new { o.PlacedAt, o.Sequence });
            order.HasIndex(o => new
            {
                o.Status,
                o.PlacedAt,
                o.Sequence,
            });
            order.HasIndex(o => new
            {
                o.CustomerId,
                o.PlacedAt,
                o.Sequence,
            });
            order.Property(o => o.Status).HasConversion<string>();
            order.OwnsMany(
                o => o.Lines,
                line =>
                {
                    line.ToTable("order_lines");
                    line.WithOwner().HasForeignKey("OrderSequence");
                    line.HasKey("OrderSequence", nameof(OrderLine.Position));
                    line.Property(l => l.Position).ValueGeneratedNever();
                }
            );
        });
        modelBuilder.Entity<Return>(@return =>
        {
            @return.ToTable("returns");
            @return.HasKey(r => r.Sequence);
            @return.HasIndex(r => r.Id).IsUnique();
            @return.HasIndex(r => r.ImportNumber).IsUnique();
            @return.HasIndex(r => r.OrderId);
            @return.HasIndex(r => r.CustomerId);
            @return.OwnsMany(
                r => r.Lines,
                line =>
                {
                    line.ToTable("return_lines");
                    line.WithOwner().HasForeignKey("ReturnSequence");
                    line.HasKey("ReturnSequence", nameof(ReturnLine.Position));
                    line.Property(l => l.Position).ValueGeneratedNever();
                }
            );
        });
        modelBuilder.Entity<ProductCopy>(product =>
        {
            product.ToTable("product_copies");
            product.HasKey(p => p.ProductId);
            product.Property(p => p.ProductId).ValueGeneratedNever();
        });
        modelBuilder.Entity<ErasedCustomer>(customer =>
        {
            customer.ToTable("erased_customers");
            customer.HasKey(c => c.CustomerId);
            customer.Property(c => c.CustomerId).ValueGeneratedNever();
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class OrdersDbFactory() : DesignTimeFactory<OrdersDb>(options => new OrdersDb(options));
