using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

/// <summary>What cannot be written directly is refused, with a message that names the entity and the cause.</summary>
internal sealed class RefusalTests
{
    public static IEnumerable<TestCaseData> NotInsertable()
    {
        yield return Case<Cat>("inheritance", Cats, "inheritance");
        yield return Case<Animal>("base of a hierarchy", Cats, "inheritance");
        yield return Case<House>("complex property", model => model.Entity<House>().ComplexProperty(h => h.Address), "complex");
        yield return Case<House>("JSON part", model => model.Entity<House>().OwnsOne(h => h.Address, a => a.ToJson()), "JSON");
        yield return Case<Street>("JSON parts", model => model.Entity<Street>().OwnsMany(h => h.Houses, a => a.ToJson()), "JSON");
        yield return Case<Address>("owned type", model => model.Entity<House>().OwnsOne(h => h.Address), "owned");
        yield return Case<Street>("generated key of a part", model => model.Entity<Street>().OwnsMany(h => h.Houses), "Id");
        yield return Case<Plain>("shadow property", model => model.Entity<Plain>().Property<int>("Hidden"), "Hidden");
        yield return Case<Plain>(
            "default of the database",
            model => model.Entity<Plain>().Property(p => p.Number).HasDefaultValue(7L),
            "Number"
        );
        yield return Case<Plain>("computed", model => model.Entity<Plain>().Property(p => p.Number).HasComputedColumnSql("1"), "Number");
        yield return Case<Plain>("no key", model => model.Entity<Plain>().HasNoKey(), "no key");
        yield return Case<Plain>("view", model => model.Entity<Plain>().ToView("plain"), "one table");
        yield return Case<Split>(
            "two tables",
            model => model.Entity<Split>().ToTable("a").SplitToTable("b", table => table.Property(s => s.Second)),
            "one table"
        );
        yield return Case<Plain>(
            "shared table",
            model =>
            {
                model.Entity<Plain>().ToTable("shared");
                model.Entity<Other>().ToTable("shared").HasOne<Plain>().WithOne().HasForeignKey<Other>(o => o.Id);
            },
            "Other"
        );
        yield return Case<Town>(
            "part that has parts in another table",
            model => model.Entity<Town>().OwnsOne(t => t.Main, main => main.OwnsMany(m => m.Houses, house => house.ToTable("houses"))),
            "another table"
        );
        yield return Case<Student>("many to many", model => model.Entity<Student>().HasMany(s => s.Courses).WithMany(), "many-to-many");
        yield return Case<Priced>("unsupported type", model => model.Entity<Priced>(), "Decimal");
        yield return Case<Fixed>("generated key without a setter", model => model.Entity<Fixed>().Property(f => f.Id), "accessor");
    }

    public static IEnumerable<TestCaseData> NotSummable()
    {
        yield return Case<NullableSum>("nullable sum", Keyed<NullableSum>, "can be null");
        yield return Case<NarrowSum>("sum of int", Keyed<NarrowSum>, "[Keeps]");
        yield return Case<TextSum>("sum of text", Keyed<TextSum>, "[Keeps]");
        yield return Case<GreatestText>("greatest text", Keyed<GreatestText>, "greatest");
        yield return Case<Plain>("generated key", model => model.Entity<Plain>(), "Id");
        yield return Case<House>("owned part", model => model.Entity<House>().OwnsOne(h => h.Address), "navigations");
        yield return Case<Cat>("inheritance", Cats, "inheritance");
    }

    [TestCaseSource(nameof(NotInsertable))]
    public void Not_insertable(Type entity, Action<ModelBuilder> build, string cause) =>
        Refused(entity, cause, () => InsertPlan.Of(Model(entity, build)));

    [TestCaseSource(nameof(NotSummable))]
    public void Not_summable(Type entity, Action<ModelBuilder> build, string cause) =>
        Refused(entity, cause, () => AddUpPlan.Of(Model(entity, build)));

    [Test]
    public void A_declared_type_that_is_no_entity_is_refused()
    {
        using var db = new ModelDb(model => model.Entity<Plain>());
        Assert.That(
            () => DirectWrites.Check(db, [typeof(Plain), typeof(Sample)]),
            Throws.InvalidOperationException.With.Message.Contains("Sample").And.Message.Contains("no entity")
        );
    }

    [Test]
    public async Task A_module_with_a_wrong_declaration_does_not_start_and_says_why()
    {
        var broken = new DirectModule<BrokenDb>("broken");
        await using var app = await TestApplication.Start(broken, new DirectModule<DirectDb>());
        Assert.That(app.Quarantined.Keys, Is.EqualTo(["broken"]));
        Assert.That(app.Quarantined["broken"], Does.Contain("BrokenTotals").And.Contain("Sum").And.Contain("can be null"));
    }

    [Test]
    public async Task An_object_that_is_not_complete_is_refused_and_nothing_of_it_is_written()
    {
        var direct = new DirectModule<DirectDb>();
        await using var app = await TestApplication.Start(direct);
        await direct.InUnit(db =>
        {
            Assert.That(
                () => db.Insert(new Sample()),
                Throws.InvalidOperationException.With.Message.Contains("Sample").And.Message.Contains("Id is not set")
            );
            Assert.That(
                () => db.Insert(new Voucher { Id = Guid.CreateVersion7(), Basket = new Basket() }),
                Throws.InvalidOperationException.With.Message.Contains("Voucher").And.Message.Contains("Basket is set")
            );
            Assert.That(() => db.Insert<Sample>(null!), Throws.ArgumentNullException);
            Assert.That(() => db.Insert(new Sample { Id = Guid.CreateVersion7(), Double = double.NaN }), Throws.InvalidOperationException);
        });
        Assert.That(await direct.Rows("samples"), Is.Empty);
        Assert.That(await direct.Rows("vouchers"), Is.Empty);
    }

    [Test]
    public async Task Outside_of_a_unit_of_work_nothing_is_written()
    {
        var direct = new DirectModule<DirectDb>();
        await using var app = await TestApplication.Start(direct);
        Task Insert(DirectDb db)
        {
            db.Insert(new Sample { Id = Guid.CreateVersion7() });
            return Task.CompletedTask;
        }
        Task AddUp(DirectDb db)
        {
            db.AddUp(new Tally { Place = 1, Currency = "GBP" });
            return Task.CompletedTask;
        }
        await Assert.ThatAsync(() => direct.InQuery(Insert), Throws.InvalidOperationException.With.Message.Contains("units of work"));
        await Assert.ThatAsync(() => direct.InQuery(AddUp), Throws.InvalidOperationException.With.Message.Contains("units of work"));
    }

    private static void Refused(Type entity, string cause, Action plan) =>
        Assert.That(
            plan,
            Throws.InvalidOperationException.With.Message.Contains("cannot be written directly").And.Message.Contains(cause),
            entity.Name
        );

    private static TestCaseData Case<T>(string name, Action<ModelBuilder> build, string cause) =>
        new TestCaseData(typeof(T), build, cause).SetName($"{{m}}: {name}");

    private static void Cats(ModelBuilder model)
    {
        model.Entity<Animal>();
        model.Entity<Cat>();
    }

    private static void Keyed<T>(ModelBuilder model)
        where T : class => model.Entity<T>().Property("Id").ValueGeneratedNever();

    private static Microsoft.EntityFrameworkCore.Metadata.IEntityType Model(Type entity, Action<ModelBuilder> build)
    {
        using var db = new ModelDb(build);
        return db.Model.GetEntityTypes().First(type => type.ClrType == entity);
    }

    private sealed class ModelDb(Action<ModelBuilder> build) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
            optionsBuilder.UseSqlite().EnableServiceProviderCaching(false);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => build(modelBuilder);
    }
}

public sealed class BrokenDb(DbContextOptions<BrokenDb> options) : ModuleDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BrokenTotals>().Property(t => t.Id).ValueGeneratedNever();
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>Makes no table: the module does not start.</summary>
[DbContext(typeof(BrokenDb))]
[Migration("20260101000000_Nothing")]
internal sealed class NoMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) { }
}

internal sealed class BrokenTotals : ITotals
{
    public long Id { get; init; }
    public long? Sum { get; init; }
}

internal class Animal
{
    public Guid Id { get; init; }
}

internal sealed class Cat : Animal
{
    public int Lives { get; init; }
}

internal sealed class House
{
    public Guid Id { get; init; }
    public Address Address { get; init; } = new();
}

internal sealed class Street
{
    public Guid Id { get; init; }
    public List<Address> Houses { get; init; } = [];
}

internal sealed class Town
{
    public Guid Id { get; init; }
    public Street Main { get; init; } = new();
}

internal sealed class Address
{
    public string Text { get; init; } = "";
}

internal sealed class Plain
{
    public long Id { get; init; }
    public long Number { get; init; }
}

internal sealed class Split
{
    public long Id { get; init; }
    public long First { get; init; }
    public long Second { get; init; }
}

internal sealed class Other
{
    public long Id { get; init; }
}

internal sealed class Student
{
    public Guid Id { get; init; }
    public List<Plain> Courses { get; init; } = [];
}

internal sealed class Priced
{
    public Guid Id { get; init; }
    public decimal Price { get; init; }
}

internal sealed class Fixed
{
    public long Id { get; }
}

internal sealed class NullableSum
{
    public long Id { get; init; }
    public long? Sum { get; init; }
}

internal sealed class NarrowSum
{
    public long Id { get; init; }
    public int Sum { get; init; }
}

internal sealed class TextSum
{
    public long Id { get; init; }
    public string Sum { get; init; } = "";
}

internal sealed class GreatestText
{
    public long Id { get; init; }

    [Keeps(Keep.Greatest)]
    public string Text { get; init; } = "";
}
