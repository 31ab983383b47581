using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>Requests and the behaviours around them.</summary>
internal static class PipelineFixtures
{
    /// <summary>The steps that ran, in order, and the DbContexts that they used.</summary>
    internal sealed class Seen
    {
        public List<string> Steps { get; } = [];

        public List<FixtureDb> Contexts { get; } = [];

        /// <summary>The number of behaviours that were created.</summary>
        public int Made { get; set; }
    }

    private static Entry EntryOf(string subject) => new() { Id = Guid.CreateVersion7(), Subject = subject };

    private static void Saw(this IServiceProvider services, string step)
    {
        services.GetService<Seen>()?.Steps.Add(step);
        services.GetService<Seen>()?.Contexts.Add(services.GetRequiredService<FixtureDb>());
    }

    internal static class Note
    {
        internal sealed record Command(string Subject) : ICommand<int>;

        internal sealed class Handler(IServiceProvider services, FixtureDb db) : IRequestHandler<Command, int>
        {
            public Task<int> Handle(Command command, CancellationToken ct)
            {
                services.Saw("handler");
                db.Entries.Add(EntryOf(command.Subject));
                return Task.FromResult(1);
            }
        }
    }

    internal static class Count
    {
        internal sealed record Query : IQuery<int>;

        internal sealed class Handler(IServiceProvider services) : IRequestHandler<Query, int>
        {
            public Task<int> Handle(Query query, CancellationToken ct)
            {
                services.Saw("handler");
                return Task.FromResult(1);
            }
        }
    }

    internal static class Plain
    {
        internal sealed record Request : IRequest;

        internal sealed class Handler(IServiceProvider services, ISender sender) : IRequestHandler<Request>
        {
            public Task Handle(Request request, CancellationToken ct)
            {
                services.Saw("handler");
                return sender.Send(new Note.Command("tea"), ct);
            }
        }
    }

    /// <summary>Fails after it has written and published, but succeeds when called again.</summary>
    internal static class Flaky
    {
        internal sealed record Command : ICommand<int>
        {
            public int Attempts { get; set; }
        }

        internal sealed class Handler(FixtureDb db, IPublisher publisher) : IRequestHandler<Command, int>
        {
            public async Task<int> Handle(Command command, CancellationToken ct)
            {
                command.Attempts++;
                var entry = EntryOf($"attempt {command.Attempts}");
                db.Entries.Add(entry);
                await publisher.Publish(new EntryAdded(entry.Id, entry.Subject), ct);
                await db.SaveChangesAsync(ct);
                return command.Attempts < 2 ? throw new ConflictException("Not yet.") : command.Attempts;
            }
        }
    }

    internal static class Tag
    {
        internal sealed record Command : ICommand<EntryView>
        {
            public required string Name { get; set; }
        }

        internal sealed class Handler(FixtureDb db) : IRequestHandler<Command, EntryView>
        {
            public Task<EntryView> Handle(Command command, CancellationToken ct)
            {
                var entry = EntryOf(command.Name);
                db.Entries.Add(entry);
                return Task.FromResult(new EntryView(entry.Id, entry.Subject, entry.Version));
            }
        }
    }

    internal static void MapTags(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/tags", (Tag.Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct));

    internal sealed class Outer<TRequest, TResponse>(IServiceProvider services, UnitOfWorkScope unit)
        : IPipelineBehavior<TRequest, TResponse>
        where TRequest : notnull
    {
        public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
        {
            services.Saw(unit.Transaction is null ? "outer begins" : "outer begins in a unit");
            var response = await next();
            services.Saw("outer ends");
            return response;
        }
    }

    internal sealed class OfNotes : IPipelineBehavior<Note.Command, int>
    {
        private readonly Seen seen;
        private readonly FixtureDb db;

        public OfNotes(Seen seen, FixtureDb db)
        {
            (this.seen, this.db) = (seen, db);
            seen.Made++;
        }

        public async Task<int> Handle(Note.Command request, RequestHandlerDelegate<int> next, CancellationToken ct)
        {
            seen.Steps.Add("of notes begins");
            db.Entries.Add(EntryOf("of notes"));
            var response = await next();
            seen.Steps.Add("of notes ends");
            return response;
        }
    }

    internal sealed class Inner(Seen seen) : IPipelineBehavior<Note.Command, int>
    {
        public async Task<int> Handle(Note.Command request, RequestHandlerDelegate<int> next, CancellationToken ct)
        {
            seen.Steps.Add("inner begins");
            var response = await next();
            seen.Steps.Add("inner ends");
            return response;
        }
    }

    internal sealed class OfQueries<TRequest, TResponse>(Seen seen) : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IQuery<TResponse>
    {
        public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
        {
            seen.Steps.Add("of queries");
            return next();
        }
    }

    internal sealed class Refuse : IPipelineBehavior<Note.Command, int>
    {
        public async Task<int> Handle(Note.Command request, RequestHandlerDelegate<int> next, CancellationToken ct)
        {
            await next();
            throw new ConflictException("Refused afterwards.");
        }
    }

    internal sealed class Swallow(FixtureDb db) : IPipelineBehavior<AddEntry.Command, EntryView>
    {
        public async Task<EntryView> Handle(AddEntry.Command request, RequestHandlerDelegate<EntryView> next, CancellationToken ct)
        {
            db.Entries.Add(EntryOf($"before {request.Subject}"));
            try
            {
                return await next();
            }
            catch (UnprocessableException)
            {
                var instead = EntryOf($"instead of {request.Subject}");
                db.Entries.Add(instead);
                return new EntryView(instead.Id, instead.Subject, instead.Version);
            }
        }
    }

    internal sealed class TryAgain : IPipelineBehavior<Flaky.Command, int>
    {
        public async Task<int> Handle(Flaky.Command request, RequestHandlerDelegate<int> next, CancellationToken ct)
        {
            try
            {
                return await next();
            }
            catch (ConflictException)
            {
                return await next();
            }
        }
    }

    internal sealed class ChangeTheTag : IPipelineBehavior<Tag.Command, EntryView>
    {
        public Task<EntryView> Handle(Tag.Command request, RequestHandlerDelegate<EntryView> next, CancellationToken ct)
        {
            request.Name += "!";
            return next();
        }
    }
}
