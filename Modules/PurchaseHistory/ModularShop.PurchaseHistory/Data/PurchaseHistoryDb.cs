using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>The purchase history's database. It contains read copies and totals only, which can be rebuilt from events.</summary>
public sealed class PurchaseHistoryDb(DbContextOptions<PurchaseHistoryDb> options) : ModuleDbContext(options)
{
    internal DbSet<CustomerCopy> Customers => Set<CustomerCopy>();

    internal DbSet<ProductCopy> Products => Set<ProductCopy>();

    internal DbSet<OrderCopy> Orders => Set<OrderCopy>();

    internal DbSet<Purchase> Purchases => Set<Purchase>();

    internal DbSet<CustomerProduct> CustomerProducts => Set<CustomerProduct>();

    internal DbSet<ProductTotal> ProductTotals => Set<ProductTotal>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CustomerCopy>(customer =>
        {
            customer.ToTable("customers");
            customer.HasKey(c => c.Sequence);
            customer.HasIndex(c => c.CustomerId).IsUnique();
            customer.HasIndex(c => c.Label);
        });
        modelBuilder.Entity<ProductCopy>(product =>
        {
            product.ToTable("products");
            product.HasKey(p => p.Sequence);
            product.HasIndex(p => p.ProductId).IsUnique();
        });
        modelBuilder.Entity<OrderCopy>(order =>
        {
            order.ToTable("orders");
            order.HasKey(o => o.Sequence);
            order.HasIndex(o => o.OrderId).IsUnique();
            // Used when an order is cancelled or a customer is erased. Orders of guests need no such index.
            order.HasIndex(o => o.CustomerSequence).HasFilter("customer_sequence IS NOT NULL");
        });
        modelBuilder.Entity<Purchase>(purchase =>
        {
            purchase.ToTable("purchases");
            purchase.HasKey(p => new { p.OrderSequence, p.ProductSequence });
        });
        modelBuilder.Entity<CustomerProduct>(row =>
        {
            row.ToTable("customer_products");
            row.HasKey(r => new
            {
                r.CustomerSequence,
                r.ProductSequence,
                r.Currency,
            });
            row.HasIndex(r => new { r.ProductSequence, r.QuantityBought });
        });
        modelBuilder.Entity<ProductTotal>(row =>
        {
            row.ToTable("product_totals");
            row.HasKey(r => new { r.ProductSequence, r.Currency });
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class PurchaseHistoryDbFactory() : DesignTimeFactory<PurchaseHistoryDb>(options => new PurchaseHistoryDb(options));
