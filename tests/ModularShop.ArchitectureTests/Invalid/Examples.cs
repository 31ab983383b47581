using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

// Deliberately invalid: each type breaks one rule, to show that the rule detects it.
namespace ModularShop.ArchitectureTests.Invalid.Lender.Contracts
{
    [EventName("lender.something-lent", version: 1)]
    public sealed record SomethingLent(Guid Id) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    [EventName("borrower.something-taken", version: 1)]
    public sealed record SomethingTaken(Guid Id) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    public sealed record NamelessHappening(Guid Id) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    public sealed record Opinionated(decimal Amount)
    {
        public decimal Doubled() => Amount * 2;
    }

    public sealed record Unplain(Uri Address);

    public sealed class NoRecord;

    public interface IService;
}

namespace ModularShop.ArchitectureTests.Invalid.Lender
{
    internal static class Ledger
    {
        public static int Count => 1;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Borrower
{
    using ModularShop.ArchitectureTests.Invalid.Lender.Contracts;

    internal static class Trespasser
    {
        public static int Count => Lender.Ledger.Count;
    }

    internal static class Reactor
    {
        public static string React(SomethingLent lent) => lent.Key;
    }

    internal static class FileOpener
    {
        public static void Open() => new Microsoft.Data.Sqlite.SqliteConnection("Data Source=lender.db").Open();
    }

    public sealed class Exposed;

    public sealed class OpenDb(DbContextOptions<OpenDb> options) : ModuleDbContext(options)
    {
        public DbSet<Exposed> Things => Set<Exposed>();
    }

    [DbContext(typeof(OpenDb))]
    [Migration("20260101000000_Visible")]
    public sealed class Visible : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) { }
    }

    [DbContext(typeof(OpenDb))]
    public sealed class OpenDbModelSnapshot : ModelSnapshot
    {
        protected override void BuildModel(ModelBuilder modelBuilder) { }
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Knowing
{
    internal static class Pump
    {
        public static int CancelOrders(int customerId) => customerId;

        public static bool IsOrdered => true;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Layered.Lower
{
    internal static class Cellar
    {
        public static int Height => Upper.Roof.Height;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Layered.Upper
{
    internal static class Roof
    {
        public static int Height => Lower.Stairs.Height;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Layered.Lower
{
    internal static class Stairs
    {
        public static int Height => 1;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Layered.Astray
{
    internal static class Shed
    {
        public static int Height => 1;
    }
}

namespace ModularShop.ArchitectureTests.Invalid.Leaky.Domain
{
    internal enum Mood
    {
        Fine,
    }

    internal sealed record Item(int Count);

    internal sealed record Nested(int Count);

    internal sealed record Answered(Mood Mood);

    internal sealed record NotSent(int Count);
}

namespace ModularShop.ArchitectureTests.Invalid.Leaky.Features
{
    using MediatR;
    using ModularShop.ArchitectureTests.Invalid.Leaky.Domain;

    internal static class LeakingSlice
    {
        internal sealed record Command(IReadOnlyList<Line> Lines) : IRequest<IReadOnlyList<Answered>>;

        internal sealed record Line(Nested Nested, Mood Mood);

        internal sealed record Body(Item[] Items);

        internal static int Count(NotSent item) => item.Count;
    }
}
