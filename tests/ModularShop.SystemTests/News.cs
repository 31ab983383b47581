using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.SystemTests;

/// <summary>An application whose subscriber fails on request, for commands with <c>--url</c>.</summary>
internal sealed class News : IAsyncDisposable
{
    private readonly TestApplication application;
    private readonly StandInModule publisher;
    private volatile bool isStopped;

    private News(TestApplication application, StandInModule publisher, Reading reading)
    {
        this.application = application;
        this.publisher = publisher;
        Reading = reading;
    }

    public Reading Reading { get; }

    public string Url => application.Http.Address.ToString();

    public static async Task<News> Start()
    {
        var (publisher, reading) = (new StandInModule("news"), new Reading());
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:MaxAttempts"] = "1" };
        var news = (News?)null;
        var application = await TestApplication.Start(
            // The reactions of this assembly have two sources.
            [publisher, new StandInModule("orders"), new ReaderModule(reading)],
            directory: null,
            settings,
            (module, _) => news?.FailIfStopped(module)
        );
        return news = new News(application, publisher, reading);
    }

    public async Task Publish(params IReadOnlyList<IntegrationEvent> events)
    {
        await publisher.Publish(events);
        await application.CaughtUp(allowDeadLetters: Reading.Refused is not null);
    }

    /// <summary>Quarantines the publisher.</summary>
    public async Task StopPublisher()
    {
        isStopped = true;
        (await application.Http.Post("/admin/v1/modules/news/restart")).ExpectSuccess();
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private void FailIfStopped(ModuleDescriptor module)
    {
        if (isStopped && module.Name == "news")
        {
            throw new InvalidOperationException("There is no news today.");
        }
    }
}

[EventName("news.headline-published", version: 1)]
internal sealed record HeadlinePublished(string Topic, int Number) : IntegrationEvent
{
    public override string Key => Topic;
}

/// <summary>The topics that were read, and the topic that currently cannot be read.</summary>
internal sealed class Reading
{
    private volatile string? refused;

    public string? Refused
    {
        get => refused;
        set => refused = value;
    }

    public System.Collections.Concurrent.ConcurrentQueue<int> Read { get; } = [];
}

internal sealed class ReaderModule(Reading reading) : Module<ReaderDb>
{
    public override string Name => "reader";

    public override string Description => "Reads the news.";

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddSingleton(reading);

    protected override void Map(IEndpointRouteBuilder routes) { }

    protected override IReadOnlyList<ReadCopy<ReaderDb>> ReadCopies => [new("headlines", Clear, typeof(ReadHeadline))];

    private Task Clear(ReaderDb db, CancellationToken ct)
    {
        reading.Read.Clear();
        return Task.CompletedTask;
    }
}

internal sealed class ReaderDb(DbContextOptions<ReaderDb> options) : ModuleDbContext(options);

internal sealed class ReadHeadline(Reading reading) : INotificationHandler<HeadlinePublished>
{
    public Task Handle(HeadlinePublished notification, CancellationToken cancellationToken)
    {
        if (notification.Topic == reading.Refused)
        {
            throw new InvalidOperationException($"No news of {notification.Topic}, please.");
        }
        reading.Read.Enqueue(notification.Number);
        return Task.CompletedTask;
    }
}
