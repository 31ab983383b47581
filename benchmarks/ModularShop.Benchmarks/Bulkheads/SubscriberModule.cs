using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>Stores a note for each sale and each command. The fault happens before that.</summary>
public sealed class SubscriberModule : Module<NotesDb>
{
    private readonly string name;
    private readonly Fault fault;
    private readonly Stopwatches watches;

    internal SubscriberModule(string name, Fault fault, Stopwatches watches) =>
        (this.name, this.fault, this.watches) = (name, fault, watches);

    public override string Name => name;

    public override string Description => "Writes notes.";

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        // As instances, which the container does not dispose of.
        services.AddSingleton(fault).AddSingleton(watches);

    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/notes", (WriteNote.Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct));
        routes.MapGet("/v1/notes", (ISender sender, CancellationToken ct) => sender.Send(new LastNote.Query(), ct));
    }
}

internal static class WriteNote
{
    internal sealed record Command(string Text) : ICommand<Guid>;

    internal sealed class Handler(NotesDb db, Fault fault) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            await fault.Strike(ct);
            return db.Notes.Add(new Note { Id = Guid.CreateVersion7(), Text = command.Text }).Entity.Id;
        }
    }
}

internal static class LastNote
{
    internal sealed record Query : IQuery<string>;

    internal sealed class Handler(NotesDb db, Fault fault) : IRequestHandler<Query, string>
    {
        public async Task<string> Handle(Query query, CancellationToken ct)
        {
            await fault.Strike(ct);
            return await db.Notes.OrderByDescending(note => note.Id).Select(note => note.Text).FirstOrDefaultAsync(ct) ?? "";
        }
    }
}

internal sealed class NoteSale(NotesDb db, Fault fault, EventContext context, Module module, Stopwatches watches)
    : INotificationHandler<Sold>
{
    public async Task Handle(Sold sold, CancellationToken ct)
    {
        await fault.Strike(ct);
        db.Notes.Add(new Note { Id = sold.SaleId, Text = sold.Text });
        watches.Applying(module.Name, context.Position);
    }
}

public sealed class NotesDb(DbContextOptions<NotesDb> options) : ModuleDbContext(options)
{
    internal DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Note>().ToTable("notes", table => table.ExcludeFromMigrations());
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class Note
{
    public Guid Id { get; init; }

    public required string Text { get; init; }
}

[DbContext(typeof(NotesDb))]
[Migration("20260101000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)");
}
