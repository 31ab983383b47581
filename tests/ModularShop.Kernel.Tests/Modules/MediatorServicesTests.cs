using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using MediatR.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>MediatR's other services work in a module, or the module does not start and reports why.</summary>
internal sealed class MediatorServicesTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly List<string> steps = [];

    [Test]
    public async Task Processors_of_the_assembly_run_in_the_unit_and_once_though_the_module_adds_them_too()
    {
        await using var app = await Start(services =>
            services
                .AddTransient<IRequestPreProcessor<Brew.Command>, Prepare>()
                .AddTransient<IPipelineBehavior<Brew.Command, string>, RequestPreProcessorBehavior<Brew.Command, string>>()
        );

        await ledger.Send(new Brew.Command());

        Assert.That(steps, Is.EqualTo(["prepare in a unit", "handler", "clean up in a unit"]));
    }

    [Test]
    public async Task An_exception_handler_answers_and_nothing_of_what_failed_is_kept()
    {
        await using var app = await Start();

        var answer = await ledger.Send(new Brew.Command(Fails: true));

        Assert.That(answer, Is.EqualTo("saved"));
        Assert.That(steps, Is.EqualTo(["prepare in a unit", "handler", "saved"]));
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task Own_notifications_are_handled_in_the_unit_once_and_by_the_publisher_that_the_module_chose()
    {
        await using var app = await Start(services =>
            services.AddTransient<INotificationHandler<Whistled>, Hear>().AddSingleton<INotificationPublisher, Loud>()
        );

        await ledger.Send(new Do.Command((services, ct) => services.GetRequiredService<IPublisher>().Publish(new Whistled("tea"), ct)));

        Assert.That(steps, Is.EqualTo(["loud", "heard"]));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
    }

    [Test]
    public async Task A_stream_is_validated_and_passes_the_modules_behaviours()
    {
        await using var app = await Start(services => services.AddTransient<IStreamPipelineBehavior<Pour.Query, int>, Watch>());

        Assert.That(await Read(3), Is.EqualTo([1, 2, 3]));
        Assert.That(steps, Is.EqualTo(["watched"]));
        await Assert.ThatAsync(() => Read(-1), Throws.InstanceOf<ValidationException>());

        async Task<List<int>> Read(int cups)
        {
            await using var scope = ledger.Services.CreateAsyncScope();
            var items = new List<int>();
            await foreach (var item in scope.ServiceProvider.GetRequiredService<ISender>().CreateStream(new Pour.Query(cups)))
            {
                items.Add(item);
            }
            return items;
        }
    }

    [Test]
    public Task A_module_that_replaces_the_mediator_does_not_start() =>
        Refused(services => services.AddTransient<IMediator, Mediator>(), "IMediator or IPublisher");

    [Test]
    public Task A_module_whose_reaction_would_get_no_events_does_not_start() =>
        Refused(services => services.AddTransient<INotificationHandler<EntryAdded>, Handles<EntryAdded, int>>(), "'ledger.entry-added'");

    [Test]
    public Task A_module_that_handles_all_events_does_not_start() =>
        Refused(
            services => services.AddTransient<INotificationHandler<IntegrationEvent>, Handles<IntegrationEvent, int>>(),
            "handles IntegrationEvent"
        );

    private async Task Refused(Action<IServiceCollection> addServices, string reason)
    {
        await using var app = await Start(addServices);

        Assert.That(app.Quarantined["ledger"], Does.Contain(reason));
    }

    private Task<TestApplication> Start(Action<IServiceCollection>? addServices = null)
    {
        ledger.WhenAddingServices = services =>
        {
            services.AddSingleton(steps);
            addServices?.Invoke(services);
        };
        return TestApplication.Start(ledger);
    }

    internal static class Brew
    {
        internal sealed record Command(bool Fails = false) : ICommand<string>;

        internal sealed class Handler(List<string> steps, FixtureDb db) : IRequestHandler<Command, string>
        {
            public async Task<string> Handle(Command command, CancellationToken ct)
            {
                steps.Add("handler");
                db.Entries.Add(new Entry { Id = Guid.CreateVersion7(), Subject = "tea" });
                await db.SaveChangesAsync(ct);
                return command.Fails ? throw new ConflictException("Spilt.") : "brewed";
            }
        }
    }

    internal sealed class Prepare(List<string> steps, UnitOfWorkScope unit) : IRequestPreProcessor<Brew.Command>
    {
        public Task Process(Brew.Command request, CancellationToken ct)
        {
            steps.Add(unit.Transaction is null ? "prepare" : "prepare in a unit");
            return Task.CompletedTask;
        }
    }

    internal sealed class CleanUp(List<string> steps, UnitOfWorkScope unit) : IRequestPostProcessor<Brew.Command, string>
    {
        public Task Process(Brew.Command request, string response, CancellationToken ct)
        {
            steps.Add(unit.Transaction is null ? "clean up" : "clean up in a unit");
            return Task.CompletedTask;
        }
    }

    internal sealed class Save(List<string> steps) : IRequestExceptionHandler<Brew.Command, string, ConflictException>
    {
        public Task Handle(
            Brew.Command request,
            ConflictException exception,
            RequestExceptionHandlerState<string> state,
            CancellationToken ct
        )
        {
            steps.Add("saved");
            state.SetHandled("saved");
            return Task.CompletedTask;
        }
    }

    internal sealed record Whistled(string What) : INotification;

    internal sealed class Hear(List<string> steps, FixtureDb db) : INotificationHandler<Whistled>
    {
        public Task Handle(Whistled whistled, CancellationToken ct)
        {
            steps.Add("heard");
            db.Entries.Add(new Entry { Id = Guid.CreateVersion7(), Subject = whistled.What });
            return Task.CompletedTask;
        }
    }

    internal sealed class Loud(List<string> steps) : INotificationPublisher
    {
        public async Task Publish(
            IEnumerable<NotificationHandlerExecutor> handlerExecutors,
            INotification notification,
            CancellationToken cancellationToken
        )
        {
            steps.Add("loud");
            foreach (var handler in handlerExecutors)
            {
                await handler.HandlerCallback(notification, cancellationToken);
            }
        }
    }

    internal static class Pour
    {
        internal sealed record Query(int Cups) : IStreamRequest<int>;

        internal sealed class Validator : AbstractValidator<Query>
        {
            public Validator() => RuleFor(q => q.Cups).GreaterThan(0);
        }

        internal sealed class Handler : IStreamRequestHandler<Query, int>
        {
            public async IAsyncEnumerable<int> Handle(Query query, [EnumeratorCancellation] CancellationToken ct)
            {
                for (var cup = 1; cup <= query.Cups; cup++)
                {
                    await Task.Yield();
                    yield return cup;
                }
            }
        }
    }

    internal sealed class Watch(List<string> steps) : IStreamPipelineBehavior<Pour.Query, int>
    {
        public IAsyncEnumerable<int> Handle(Pour.Query request, StreamHandlerDelegate<int> next, CancellationToken ct)
        {
            steps.Add("watched");
            return next();
        }
    }

    // The second parameter keeps MediatR from registering it as a handler of all notifications.
    internal sealed class Handles<TNotification, TAny> : INotificationHandler<TNotification>
        where TNotification : INotification
    {
        public Task Handle(TNotification notification, CancellationToken ct) => Task.FromResult(typeof(TAny));
    }
}
