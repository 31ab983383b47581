using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Tests.Fixtures;
using static ModularShop.Kernel.Tests.Modules.PipelineFixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>Pipeline behaviours that a module registers run around its handlers, in the same scope.</summary>
internal sealed class OwnBehaviorTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly Seen seen = new();

    [Test]
    public async Task Behaviours_run_within_the_unit_of_work_in_the_order_of_their_registration()
    {
        await using var app = await Start(services =>
            services
                .AddTransient(typeof(IPipelineBehavior<,>), typeof(Outer<,>))
                .AddScoped<IPipelineBehavior<Note.Command, int>, OfNotes>()
                .AddTransient<IPipelineBehavior<Note.Command, int>>(provider => new Inner(provider.GetRequiredService<Seen>()))
        );

        await ledger.Send(new Note.Command("tea"));

        Assert.That(
            seen.Steps,
            Is.EqualTo([
                "outer begins in a unit",
                "of notes begins",
                "inner begins",
                "handler",
                "inner ends",
                "of notes ends",
                "outer ends",
            ])
        );
        Assert.That(await ledger.Entries(), Is.EquivalentTo(["tea", "of notes"]), "what a behaviour changes is committed with it");
        Assert.That(seen.Contexts.Distinct().Count(), Is.EqualTo(1), "it has the handler's DbContext");
        Assert.That(seen.Made, Is.EqualTo(1), "one is made only where it runs");
    }

    [Test]
    public async Task Behaviours_of_a_query_run_in_its_scope_and_those_of_other_requests_do_not()
    {
        await using var app = await Start(services =>
            services
                .AddTransient(typeof(IPipelineBehavior<,>), typeof(Outer<,>))
                .AddTransient<IPipelineBehavior<Note.Command, int>, OfNotes>()
        );

        await ledger.Send(new Count.Query());

        Assert.That(seen.Steps, Is.EqualTo(["outer begins", "handler", "outer ends"]));
        Assert.That(seen.Contexts.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Behaviours_run_once_for_a_request_that_is_neither_and_for_a_command_that_another_sends()
    {
        await using var app = await Start(services => services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Outer<,>)));

        await using var scope = ledger.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new Plain.Request());

        Assert.That(
            seen.Steps,
            Is.EqualTo(["outer begins", "handler", "outer begins in a unit", "handler", "outer ends", "outer ends"]),
            "the request's, and the command's that it sends"
        );
        seen.Steps.Clear();
        await ledger.Send(new Do.Command((services, ct) => services.GetRequiredService<ISender>().Send(new Note.Command("milk"), ct)));
        Assert.That(seen.Steps, Is.EqualTo(["outer begins in a unit", "outer begins in a unit", "handler", "outer ends", "outer ends"]));
    }

    [Test]
    public async Task A_behaviour_with_constraints_runs_for_what_meets_them()
    {
        await using var app = await Start(services => services.AddTransient(typeof(IPipelineBehavior<,>), typeof(OfQueries<,>)));

        await ledger.Send(new Note.Command("tea"));
        await ledger.Send(new Count.Query());

        Assert.That(seen.Steps, Is.EqualTo(["handler", "of queries", "handler"]));
    }

    [Test]
    public async Task A_behaviour_that_answers_for_a_failed_handler_keeps_only_its_own_changes()
    {
        await using var app = await Start(services => services.AddTransient<IPipelineBehavior<AddEntry.Command, EntryView>, Swallow>());

        var answer = await ledger.Send(new AddEntry.Command("tea", FailAtTheEnd: true));

        Assert.That(answer.Subject, Is.EqualTo("instead of tea"));
        Assert.That(await ledger.Entries(), Is.EquivalentTo(["before tea", "instead of tea"]));
        Assert.That(await app.Http.Events("ledger"), Is.Empty);
    }

    [Test]
    public async Task A_behaviour_that_tries_again_does_the_work_once()
    {
        await using var app = await Start(services => services.AddTransient<IPipelineBehavior<Flaky.Command, int>, TryAgain>());

        var attempts = await ledger.Send(new Flaky.Command());

        Assert.That(attempts, Is.EqualTo(2));
        Assert.That(await ledger.Entries(), Is.EqualTo(["attempt 2"]));
        Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_behaviour_that_fails_undoes_the_unit()
    {
        await using var app = await Start(services => services.AddTransient<IPipelineBehavior<Note.Command, int>, Refuse>());

        await Assert.ThatAsync(() => ledger.Send(new Note.Command("tea")), Throws.InstanceOf<ConflictException>());

        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task A_repeated_request_gets_its_first_answer_though_a_behaviour_changes_the_command()
    {
        await using var app = await Start(
            services => services.AddTransient<IPipelineBehavior<Tag.Command, EntryView>, ChangeTheTag>(),
            MapTags
        );
        var key = ("Idempotency-Key", "once");

        var first = await app.Http.Post("/ledger/v1/tags", """{"name":"tea"}""", key);
        var second = await app.Http.Post("/ledger/v1/tags", """{"name":"tea"}""", key);

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea!"]));
    }

    private Task<TestApplication> Start(Action<IServiceCollection> addServices, Action<IEndpointRouteBuilder>? map = null)
    {
        ledger.WhenAddingServices = services => addServices(services.AddSingleton(seen));
        ledger.WhenMapping = map;
        return TestApplication.Start(ledger);
    }
}
