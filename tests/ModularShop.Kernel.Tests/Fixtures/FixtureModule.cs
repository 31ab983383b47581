using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>
/// A configurable module for tests. All fixture modules share this assembly and therefore its reactions: each stores a receipt of every
/// <see cref="Happened"/>, unless <see cref="WhenHappened"/> fails.
/// </summary>
internal class FixtureModule(string name) : Module<FixtureDb>
{
    private IServiceProvider? services;
    private IServiceProvider? built;

    public override string Name => name;

    public override string Description => "A fixture.";

    public override StartFrom StartFrom => BeginsAt;

    public override bool OwnsData => Owns;

    public bool Owns { get; init; } = true;

    public StartFrom BeginsAt { get; init; } = StartFrom.Beginning;

    /// <summary>Runs before the receipt is written, in the same unit of work.</summary>
    public Func<Happened, EventContext, CancellationToken, Task> WhenHappened { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Runs before the receipt of a <see cref="Met"/> is written, in the same unit of work.</summary>
    public Func<Met, EventContext, CancellationToken, Task> WhenMet { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Whether it publishes an event in reaction to each event, which only <c>ledger</c> can.</summary>
    public bool RepublishesAsEntry { get; set; }

    public Action<IServiceCollection>? WhenAddingServices { get; set; }

    public Action<IApplicationBuilder>? WhenUsing { get; set; }

    public Action<IEndpointRouteBuilder>? WhenMapping { get; set; }

    /// <summary>A source whose every start uses this object.</summary>
    public ModuleSource Source => ModuleSource.Of(() => this);

    /// <summary>The container of the running module.</summary>
    public IServiceProvider Services => services ?? throw new InvalidOperationException("The module is not running.");

    /// <summary>The container that was built last. It may not have been started.</summary>
    public IServiceProvider Built => built!;

    public Writer Writer => Services.GetRequiredService<Writer>();

    public async Task<TResult> Send<TResult>(IRequest<TResult> request, CancellationToken ct = default)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request, ct);
    }

    /// <summary>Runs code outside of a unit of work.</summary>
    internal async Task<T> Read<T>(Func<FixtureDb, Task<T>> query)
    {
        await using var scope = Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<FixtureDb>());
    }

    public Task<IReadOnlyList<Receipt>> Receipts() =>
        Read<IReadOnlyList<Receipt>>(async db => await db.Receipts.OrderBy(r => r.Id).ToListAsync());

    public Task<IReadOnlyList<string>> Entries() =>
        Read<IReadOnlyList<string>>(async db => await db.Entries.OrderBy(e => e.Subject).Select(e => e.Subject).ToListAsync());

    /// <summary>The received numbers, in the order in which they were applied.</summary>
    public async Task<IReadOnlyList<int>> Numbers() => [.. (await Receipts()).Select(receipt => receipt.Number)];

    /// <summary>Waits until there is this number of receipts.</summary>
    public Task<IReadOnlyList<int>> Received(int count) => Eventually.Get(Numbers, numbers => numbers.Count >= count);

    protected override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(this);
        WhenAddingServices?.Invoke(services);
    }

    protected override void Use(IApplicationBuilder app)
    {
        built = app.ApplicationServices;
        var lifetime = built.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() =>
        {
            var before = services;
            services = app.ApplicationServices;
            // A module that moves is tried out in the other process, while it still runs in this one.
            lifetime.ApplicationStopped.Register(() =>
            {
                if (services == app.ApplicationServices)
                {
                    services = before;
                }
            });
        });
        WhenUsing?.Invoke(app);
    }

    protected override void Map(IEndpointRouteBuilder routes)
    {
        FixtureEndpoints.Map(routes);
        WhenMapping?.Invoke(routes);
    }
}

/// <summary>A fixture whose receipts are a read copy, which can be rebuilt from the logs.</summary>
internal sealed class RebuildableModule(string name) : FixtureModule(name)
{
    /// <summary>Runs before the receipts are deleted, in the same unit of work.</summary>
    public Func<CancellationToken, Task> WhenClearing { get; set; } = _ => Task.CompletedTask;

    /// <summary>The other reactions do more than fill the copy.</summary>
    public IReadOnlyList<Type> FilledBy { get; init; } =
    [.. HandledEvents.In(typeof(FixtureModule).Assembly, name).Reactions.Select(r => r.Reaction).Distinct()];

    protected override IReadOnlyList<ReadCopy<FixtureDb>> ReadCopies => [new("receipts", Clear, FilledBy)];

    private async Task Clear(FixtureDb db, CancellationToken ct)
    {
        await WhenClearing(ct);
        await db.Receipts.ExecuteDeleteAsync(ct);
    }
}

internal sealed class WriteReceipt(FixtureDb db, IPublisher publisher, EventContext context, FixtureModule module)
    : INotificationHandler<Happened>
{
    public async Task Handle(Happened happened, CancellationToken ct)
    {
        await module.WhenHappened(happened, context, ct);
        db.Receipts.Add(
            new Receipt
            {
                Position = context.Position,
                Subject = happened.Subject,
                Number = happened.Number,
                IsReplay = context.IsReplay,
            }
        );
        if (module.RepublishesAsEntry)
        {
            await publisher.Publish(new EntryAdded(Guid.CreateVersion7(), happened.Subject), ct);
        }
    }
}
