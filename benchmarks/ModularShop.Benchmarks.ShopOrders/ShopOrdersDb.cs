using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.ShopOrders;

public sealed class ShopOrdersDb(DbContextOptions<ShopOrdersDb> options) : ModuleDbContext(options)
{
    internal DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders", table => table.ExcludeFromMigrations());
        base.OnModelCreating(modelBuilder);
    }
}

[DbContext(typeof(ShopOrdersDb))]
[Migration("20260101000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Order.Table);
}
