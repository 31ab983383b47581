using FluentValidation;
using MediatR;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Adds an entry and publishes an event. Fails after both if requested.</summary>
internal static class AddEntry
{
    internal sealed record Tag(string Name);

    internal sealed record Command(
        string Subject,
        IReadOnlyList<Tag>? Tags = null,
        bool FailAtTheEnd = false,
        [property: Secret] string? Password = null,
        [Secret] string? Pin = null
    ) : ICommand<EntryView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Subject).NotEmpty().MaximumLength(100);
            RuleForEach(c => c.Tags).ChildRules(tag => tag.RuleFor(t => t.Name).NotEmpty());
        }
    }

    internal sealed class Handler(FixtureDb db, IPublisher publisher) : IRequestHandler<Command, EntryView>
    {
        public async Task<EntryView> Handle(Command command, CancellationToken ct)
        {
            var entry = new Entry { Id = Guid.CreateVersion7(), Subject = command.Subject };
            db.Entries.Add(entry);
            await publisher.Publish(new EntryAdded(entry.Id, entry.Subject), ct);
            await db.SaveChangesAsync(ct);
            return command.FailAtTheEnd
                ? throw new UnprocessableException("Told to fail.", "failAtTheEnd")
                : new EntryView(entry.Id, entry.Subject, entry.Version);
        }
    }
}

/// <summary>Renames an entry under If-Match.</summary>
internal static class RenameEntry
{
    internal sealed record Command(Guid EntryId, string Subject, IfMatch? IfMatch) : ICommand<EntryView>;

    internal sealed class Handler(FixtureDb db) : IRequestHandler<Command, EntryView>
    {
        public async Task<EntryView> Handle(Command command, CancellationToken ct)
        {
            var entry = await db.Entries.Get(command.EntryId, ct);
            command.IfMatch?.Check(entry.Version);
            entry.Subject = command.Subject;
            entry.Version++;
            return new EntryView(entry.Id, entry.Subject, entry.Version);
        }
    }
}

/// <summary>Runs a test's code within a unit of work.</summary>
internal static class Do
{
    internal sealed record Command(Func<IServiceProvider, CancellationToken, Task> Work) : ICommand<Unit>;

    internal sealed class Handler(IServiceProvider services) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command command, CancellationToken ct)
        {
            await command.Work(services, ct);
            return Unit.Value;
        }
    }
}

/// <summary>Runs a test's code outside of a unit of work.</summary>
internal static class Ask
{
    internal sealed record Query(Func<IServiceProvider, CancellationToken, Task> Work) : IQuery<Unit>;

    internal sealed class Handler(IServiceProvider services) : IRequestHandler<Query, Unit>
    {
        public async Task<Unit> Handle(Query query, CancellationToken ct)
        {
            await query.Work(services, ct);
            return Unit.Value;
        }
    }
}

internal sealed record EntryView(Guid Id, string Subject, long Version) : IVersioned;
