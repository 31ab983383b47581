using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Questions;

/// <summary>Of the products in <c>catalog.db</c>, what the service asks for.</summary>
internal sealed class ServiceCatalogDb(DbContextOptions<ServiceCatalogDb> options) : ModuleDbContext(options)
{
    public DbSet<ServiceProduct> Products => Set<ServiceProduct>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ServiceProduct>().ToTable("products").HasKey(product => product.Number);
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class ServiceProduct
{
    public long Number { get; init; }

    public required Guid Id { get; init; }

    public required string Sku { get; init; }

    public required string Name { get; init; }
}

/// <summary>Of the customers in <c>customers.db</c>, what the service asks for.</summary>
internal sealed class ServiceCustomersDb(DbContextOptions<ServiceCustomersDb> options) : ModuleDbContext(options)
{
    public DbSet<ServiceCustomer> Customers => Set<ServiceCustomer>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ServiceCustomer>().ToTable("customers").HasKey(customer => customer.Id);
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class ServiceCustomer
{
    public required Guid Id { get; init; }

    public string? Number { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }
}
