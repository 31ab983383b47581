using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>A module whose author added no migration at all.</summary>
internal sealed class UnmigratedModule : Module<UnmigratedDb>
{
    public override string Name => "unmigrated";

    public override string Description => "Has tables and no migration.";

    protected override void Map(IEndpointRouteBuilder routes) { }
}

internal sealed class UnmigratedDb(DbContextOptions<UnmigratedDb> options) : ModuleDbContext(options)
{
    internal DbSet<Entry> Entries => Set<Entry>();
}

/// <summary>A module whose author changed the model after the last migration.</summary>
internal sealed class ChangedModule : Module<ChangedDb>
{
    public override string Name => "changed";

    public override string Description => "Has a table that its migration does not create.";

    protected override void Map(IEndpointRouteBuilder routes) { }
}

internal sealed class ChangedDb(DbContextOptions<ChangedDb> options) : ModuleDbContext(options)
{
    internal DbSet<Entry> Entries => Set<Entry>();
}

[DbContext(typeof(ChangedDb))]
[Migration("20260101000000_First")]
internal sealed class FirstMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("CREATE TABLE others (id TEXT PRIMARY KEY)");
}
