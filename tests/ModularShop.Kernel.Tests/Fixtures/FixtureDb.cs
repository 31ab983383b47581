using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>The database of a fixture module: entries are its own data, receipts are what it stores for events.</summary>
public sealed class FixtureDb(DbContextOptions<FixtureDb> options) : ModuleDbContext(options)
{
    internal DbSet<Entry> Entries => Set<Entry>();

    internal DbSet<Receipt> Receipts => Set<Receipt>();

    // Created by hand below, so that the fixtures need no model snapshot.
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Entry>().ToTable("entries", table => table.ExcludeFromMigrations());
        modelBuilder.Entity<Receipt>().ToTable("receipts", table => table.ExcludeFromMigrations());
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class Entry : IIdentified
{
    public Guid Id { get; init; }

    public required string Subject { get; set; }

    public long Version { get; set; } = 1;
}

internal sealed class Receipt
{
    public long Id { get; init; }

    public long Position { get; init; }

    public required string Subject { get; init; }

    public int Number { get; init; }

    public bool IsReplay { get; init; }
}

[DbContext(typeof(FixtureDb))]
[Migration("20260101000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE entries (id TEXT PRIMARY KEY, subject TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
            CREATE TABLE receipts (
                id        INTEGER PRIMARY KEY AUTOINCREMENT,
                position  INTEGER NOT NULL,
                subject   TEXT NOT NULL,
                number    INTEGER NOT NULL,
                is_replay INTEGER NOT NULL
            );
            """
        );
}
