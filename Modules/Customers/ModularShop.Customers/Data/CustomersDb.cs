using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Domain;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Customers.Data;

/// <summary>
/// The customers' database. It is public only because the public type of the module refers to it; its sets are internal.
/// </summary>
public sealed class CustomersDb(DbContextOptions<CustomersDb> options) : ModuleDbContext(options)
{
    /// <summary>The customers. A query filter excludes those who were erased.</summary>
    internal DbSet<Customer> Customers => Set<Customer>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Customer>(customer =>
        {
            customer.ToTable("customers");
            customer.Property(c => c.Id).ValueGeneratedNever();
            customer.HasIndex(c => c.Number).IsUnique();
            customer.HasIndex(c => c.EmailKey).IsUnique();
            customer.HasQueryFilter(c => c.ErasedAt == null);
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class CustomersDbFactory() : DesignTimeFactory<CustomersDb>(options => new CustomersDb(options));
