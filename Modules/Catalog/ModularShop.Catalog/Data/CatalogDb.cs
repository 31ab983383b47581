using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Domain;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Catalog.Data;

/// <summary>
/// The catalog's database. It is public only because the public type of the module refers to it; its sets are internal.
/// </summary>
public sealed class CatalogDb(DbContextOptions<CatalogDb> options) : ModuleDbContext(options)
{
    internal DbSet<Product> Products => Set<Product>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Product>(product =>
        {
            product.ToTable("products");
            product.HasKey(p => p.Number);
            product.Property(p => p.Number).ValueGeneratedOnAdd();
            product.HasIndex(p => p.Id).IsUnique();
            product.HasIndex(p => p.Sku).IsUnique();
            product.Property(p => p.Name).UseCollation("NOCASE");
            product.HasIndex(p => new { p.Name, p.Number });
            product.HasIndex(p => new { p.Price, p.Number });
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class CatalogDbFactory() : DesignTimeFactory<CatalogDb>(options => new CatalogDb(options));
