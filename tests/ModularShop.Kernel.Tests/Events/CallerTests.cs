using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>The caller is stored with each event that a request causes, also in other modules.</summary>
internal sealed class CallerTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule ledger = new("ledger") { RepublishesAsEntry = true };
    private IServiceProvider? services;

    [Test]
    public async Task An_event_names_who_set_it_off_and_so_do_the_events_that_follow_from_it()
    {
        string? seen = null;
        ledger.WhenHappened = (_, context, _) =>
        {
            seen = context.Actor;
            return Task.CompletedTask;
        };
        await using var app = await Start();

        await PublishAs(new Caller("anna", []));
        await ledger.Received(1);

        Assert.That(seen, Is.EqualTo("anna"));
        Assert.That((await app.Http.Events("publisher"))[0].Text("actor"), Is.EqualTo("anna"));
        Assert.That((await app.Http.Events("ledger"))[0].Text("actor"), Is.EqualTo("anna"));
    }

    [Test]
    public async Task An_event_that_nobody_known_set_off_names_nobody()
    {
        await using var app = await Start();

        await publisher.Publish(new Happened("a", 1));
        await ledger.Received(1);

        Assert.That((await app.Http.Events("publisher"))[0].TryGetProperty("actor", out _), Is.False);
        Assert.That((await app.Http.Events("ledger"))[0].TryGetProperty("actor", out _), Is.False);
    }

    [Test]
    public async Task A_dead_letter_keeps_who_set_its_event_off()
    {
        ledger.WhenHappened = (_, _, _) => throw new InvalidOperationException("It fails.");
        await using var app = await Start();

        await PublishAs(new Caller("anna", []));
        var letter = (await app.Http.WaitForDeadLetters("ledger", 1))[0];

        Assert.That(letter.GetProperty("event").Text("actor"), Is.EqualTo("anna"));
        ledger.WhenHappened = (_, _, _) => Task.CompletedTask;
        var retried = await app.Http.Post($"/admin/v1/modules/ledger/dead-letters/{letter.Number("id")}/retry");
        Assert.That((await app.Http.Events("ledger"))[0].Text("actor"), Is.EqualTo("anna"), "what a retry publishes");
    }

    private Task<TestApplication> Start() =>
        TestApplication.Start(
            [publisher, ledger],
            directory: null,
            new Dictionary<string, string?>
            {
                ["Kernel:Delivery:FirstRetryDelay"] = "00:00:00.001",
                ["Kernel:Delivery:MaxRetryDelay"] = "00:00:00.001",
            },
            configureServices: (module, container) =>
            {
                if (module.Name == publisher.Name)
                {
                    container.AddHostedService(provider => new Idle(services = provider));
                }
            }
        );

    private Task<bool> PublishAs(Caller caller) =>
        services!
            .GetRequiredService<UnitOfWorkRunner>()
            .Run(
                caller,
                async (scope, ct) =>
                {
                    await scope.GetRequiredService<IPublisher>().Publish(new Happened("a", 1), ct);
                    return true;
                },
                CancellationToken.None
            );

    // Only needed for its provider.
    private sealed class Idle(IServiceProvider provider) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.FromResult(provider);
    }
}
