using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.ReplaceableModule;

/// <summary>
/// A small module that tests load into an assembly load context of its own, as a host would that replaces a module by another build. It
/// uses what ordinary modules use: a command with a validator, queries, events in both directions, and compiled queries.
/// </summary>
public sealed class NotesModule : Module<NotesDb>
{
    public override string Name => "publisher";

    public override string Description => "Takes notes.";

    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/notes", (TakeNote.Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct));
        routes.MapGet("/v1/notes", ([AsParameters] ListNotes.Query query, ISender sender, CancellationToken ct) => sender.Send(query, ct));
        routes.MapGet(
            "/v1/notes/{noteId:guid}",
            (Guid noteId, ISender sender, CancellationToken ct) => sender.Send(new ShowNote.Query(noteId), ct)
        );
    }
}

[EventName("publisher.happened", version: 1)]
public sealed record NoteTaken(string Subject, int Number) : IntegrationEvent
{
    public override string Key => Subject;
}

/// <summary>Another module's event, as this module knows it.</summary>
[EventName("ledger.entry-added", version: 1)]
public sealed record EntryAdded(Guid EntryId, string Subject) : IntegrationEvent
{
    public override string Key => Subject;
}

internal sealed class Note : IIdentified, IInsertable
{
    public Guid Id { get; init; }

    public required string Text { get; init; }
}

public sealed class NotesDb(DbContextOptions<NotesDb> options) : ModuleDbContext(options)
{
    internal DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Note>().ToTable("notes", table => table.ExcludeFromMigrations());
        base.OnModelCreating(model);
    }
}

[DbContext(typeof(NotesDb))]
[Migration("20260101000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL);");
}

internal static class TakeNote
{
    internal sealed record Command(string Text) : ICommand<NoteView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Text).NotEmpty();
    }

    internal sealed class Handler(NotesDb db, IPublisher publisher) : IRequestHandler<Command, NoteView>
    {
        private static readonly Func<NotesDb, IAsyncEnumerable<Note>> All = EF.CompileAsyncQuery((NotesDb db) => db.Notes);

        public async Task<NoteView> Handle(Command request, CancellationToken cancellationToken)
        {
            var number = await All(db).CountAsync(cancellationToken) + 1;
            var note = new Note { Id = Guid.CreateVersion7(), Text = request.Text };
            db.Insert(note);
            await publisher.Publish(new NoteTaken(note.Text, number), cancellationToken);
            return new NoteView(note.Id, note.Text);
        }
    }
}

internal static class ListNotes
{
    internal sealed record Query(string? After, int? Limit) : IQuery<Page<NoteView>>;

    internal sealed class Handler(NotesDb db) : IRequestHandler<Query, Page<NoteView>>
    {
        public async Task<Page<NoteView>> Handle(Query request, CancellationToken cancellationToken)
        {
            var limit = Cursor.Limit(request.Limit);
            var after = Cursor.Decode<Position>(request.After)?.Text ?? "";
            var notes = await db
                .Notes.Where(note => string.Compare(note.Text, after) > 0)
                .OrderBy(note => note.Text)
                .Take(limit + 1)
                .Select(note => new NoteView(note.Id, note.Text))
                .ToListAsync(cancellationToken);
            return Cursor.Page(notes, limit, note => new Position(note.Text));
        }
    }

    internal sealed record Position(string Text);
}

internal static class ShowNote
{
    internal sealed record Query(Guid NoteId) : IQuery<NoteView>;

    internal sealed class Handler(NotesDb db) : IRequestHandler<Query, NoteView>
    {
        public async Task<NoteView> Handle(Query request, CancellationToken cancellationToken)
        {
            var note = await db.Notes.Get(request.NoteId, cancellationToken);
            return new NoteView(note.Id, note.Text);
        }
    }
}

internal sealed record NoteView(Guid Id, string Text);

internal sealed class NoteEntry(NotesDb db) : INotificationHandler<EntryAdded>
{
    public Task Handle(EntryAdded notification, CancellationToken cancellationToken)
    {
        db.Notes.Add(new Note { Id = notification.EntryId, Text = notification.Subject });
        return Task.CompletedTask;
    }
}
