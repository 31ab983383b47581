using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>The purchase history's own file: read copies and sums, nothing that could not be had again from events.</summary>
public sealed class PurchaseHistoryDb(DbContextOptions<PurchaseHistoryDb> options) : ModuleDbContext(options)
{
    internal DbSet<CustomerCopy> Customers => Set<CustomerCopy>();

    internal DbSet<ProductCopy> Products => Set<ProductCopy>();

    internal DbSet<Purchase> Purchases => Set<Purchase>();

    internal DbSet<CustomerProduct> CustomerProducts => Set<CustomerProduct>();

    internal DbSet<ProductTotal> ProductTotals => Set<ProductTotal>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CustomerCopy>(customer =>
        {
            customer.ToTable("customers");
            customer.HasKey(c => c.CustomerId);
            customer.Property(c => c.CustomerId).ValueGeneratedNever();
            customer.HasIndex(c => c.Label);
        });
        modelBuilder.Entity<ProductCopy>(product =>
        {
            product.ToTable("products");
            product.HasKey(p => p.ProductId);
            product.Property(p => p.ProductId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Purchase>(purchase =>
        {
            purchase.ToTable("purchases");
            purchase.HasKey(p => new { p.OrderId, p.ProductId });
            // To take an order out again, or a customer; guests need neither.
            purchase.HasIndex(p => p.CustomerId).HasFilter("customer_id IS NOT NULL");
        });
        modelBuilder.Entity<CustomerProduct>(row =>
        {
            row.ToTable("customer_products");
            row.HasKey(r => new
            {
                r.CustomerId,
                r.ProductId,
                r.Currency,
            });
            row.HasIndex(r => new { r.ProductId, r.QuantityBought });
        });
        modelBuilder.Entity<ProductTotal>(row =>
        {
            row.ToTable("product_totals");
            row.HasKey(r => new { r.ProductId, r.Currency });
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class PurchaseHistoryDbFactory() : DesignTimeFactory<PurchaseHistoryDb>(options => new PurchaseHistoryDb(options));
