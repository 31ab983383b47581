using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

/// <summary>Entities of every kind that can be written directly.</summary>
public class DirectDb : ModuleDbContext
{
    public DirectDb(DbContextOptions<DirectDb> options)
        : base(options) { }

    private protected DirectDb(DbContextOptions options)
        : base(options) { }

    internal DbSet<Sample> Samples => Set<Sample>();

    internal DbSet<Basket> Baskets => Set<Basket>();

    internal DbSet<Voucher> Vouchers => Set<Voucher>();

    internal DbSet<Tally> Tallies => Set<Tally>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Sample>(sample =>
        {
            sample.Property(s => s.Name).HasConversion<string>();
            sample.Property(s => s.Marked).HasConversion(text => $"<{text}>", stored => stored.Substring(1, stored.Length - 2));
        });
        modelBuilder.Entity<Basket>(basket =>
        {
            basket.HasKey(b => b.Sequence);
            basket.OwnsMany(
                b => b.Lines,
                line =>
                {
                    line.ToTable("basket_lines");
                    line.WithOwner().HasForeignKey("BasketSequence");
                    line.HasKey("BasketSequence", nameof(BasketLine.Position));
                    line.Property(l => l.Position).ValueGeneratedNever();
                    line.OwnsMany(
                        l => l.Discounts,
                        discount =>
                        {
                            discount.ToTable("basket_discounts");
                            discount.WithOwner().HasForeignKey("BasketSequence", "Position");
                            discount.HasKey("BasketSequence", "Position", nameof(Discount.Code));
                        }
                    );
                }
            );
            basket.OwnsOne(b => b.Delivery, delivery => delivery.OwnsOne(d => d.Place));
            basket.OwnsOne(
                b => b.Note,
                note =>
                {
                    note.ToTable("basket_notes");
                    note.WithOwner().HasForeignKey("BasketSequence");
                    note.HasKey("BasketSequence");
                }
            );
        });
        modelBuilder.Entity<Voucher>().HasOne(v => v.Basket).WithMany().HasForeignKey(v => v.BasketSequence);
        modelBuilder.Entity<Tally>().HasKey(t => new { t.Place, t.Currency });
        base.OnModelCreating(modelBuilder);
        // Parts in the owner's table share its key's column.
        modelBuilder
            .Entity<Basket>()
            .OwnsOne(
                b => b.Delivery,
                delivery =>
                {
                    delivery.Property("BasketSequence").HasColumnName("sequence");
                    delivery.OwnsOne(d => d.Place, place => place.Property("DeliveryBasketSequence").HasColumnName("sequence"));
                }
            );
        // There is no snapshot of the model that it could be compared with.
        foreach (var entity in this is DirectTables ? [] : modelBuilder.Model.GetEntityTypes())
        {
            entity.SetIsTableExcludedFromMigrations(true);
        }
    }
}

internal enum Colour
{
    Red = 1,
    Green = 2,
}

/// <summary>A column of every type.</summary>
internal sealed class Sample : IInsertable
{
    public Guid Id { get; init; }
    public bool Flag { get; init; }
    public byte Byte { get; init; }
    public sbyte SByte { get; init; }
    public short Short { get; init; }
    public ushort UShort { get; init; }
    public int Int { get; init; }
    public uint UInt { get; init; }
    public long Long { get; init; }
    public ulong ULong { get; init; }
    public float Float { get; init; }
    public double Double { get; init; }
    public decimal Decimal { get; init; }
    public char Char { get; init; }
    public string Text { get; init; } = "";
    public byte[] Bytes { get; init; } = [];
    public Colour Number { get; init; }
    public Colour Name { get; init; }
    public string Marked { get; init; } = "";
    public DateTimeOffset At { get; init; }
    public DateTime Time { get; init; }
    public DateOnly Date { get; init; }
    public TimeOnly Clock { get; init; }
    public TimeSpan Duration { get; init; }
    public bool? NoFlag { get; init; }
    public int? NoInt { get; init; }
    public double? NoDouble { get; init; }
    public decimal? NoDecimal { get; init; }
    public string? NoText { get; init; }
    public byte[]? NoBytes { get; init; }
    public Guid? NoId { get; init; }
    public Colour? NoNumber { get; init; }
    public DateTimeOffset? NoAt { get; init; }
    public DateOnly? NoDate { get; init; }
    public TimeOnly? NoClock { get; init; }
    public List<int> Numbers { get; init; } = [];
}

/// <summary>A key that SQLite makes, parts in the same table, in another, and in a third.</summary>
internal sealed class Basket : IIdentified, IInsertable
{
    private readonly List<BasketLine> lines = [];

    public long Sequence { get; private set; }
    public Guid Id { get; init; }
    public IReadOnlyList<BasketLine> Lines => lines;
    public Delivery? Delivery { get; set; }
    public Note? Note { get; init; }

    public Basket With(params IEnumerable<BasketLine> added)
    {
        lines.AddRange(added);
        return this;
    }
}

internal sealed class BasketLine
{
    public required int Position { get; init; }
    public required string Product { get; init; }
    public decimal Price { get; init; }
    public List<Discount> Discounts { get; init; } = [];
}

internal sealed class Discount
{
    public required string Code { get; init; }
    public decimal Amount { get; init; }
}

internal sealed class Delivery
{
    public required string Street { get; init; }
    public DateTimeOffset? Due { get; init; }
    public Place? Place { get; init; }
}

internal sealed class Place
{
    public required string City { get; init; }
    public int? Floor { get; init; }
}

internal sealed class Note
{
    public required string Text { get; init; }
}

/// <summary>Refers to a basket.</summary>
internal sealed class Voucher : IInsertable
{
    public Guid Id { get; init; }
    public long BasketSequence { get; init; }
    public Basket? Basket { get; init; }
}

/// <summary>Totals with every kind of column.</summary>
internal sealed class Tally : ITotals
{
    public required int Place { get; init; }
    public required string Currency { get; init; }
    public long Count { get; init; }
    public decimal Amount { get; init; }

    [Keeps(Keep.Greatest)]
    public DateTimeOffset? Latest { get; init; }

    [Keeps(Keep.Least)]
    public DateTimeOffset? Earliest { get; init; }

    [Keeps(Keep.Greatest)]
    public int Most { get; init; }

    [Keeps(Keep.First)]
    public string? Label { get; init; }
}

/// <summary>The same model, from which the tables are made.</summary>
internal sealed class DirectTables(DbContextOptions<DirectTables> options) : DirectDb(options);

/// <summary>What EF Core makes of the model, so that the tables are those of its own migrations.</summary>
[DbContext(typeof(DirectDb))]
[Migration("20260101000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        using var db = new DirectTables(new DbContextOptionsBuilder<DirectTables>().UseSqlite().Options);
        migrationBuilder.Sql(db.Database.GenerateCreateScript());
    }
}
