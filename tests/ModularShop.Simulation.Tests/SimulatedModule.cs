using System.Data.Common;
using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Simulation.Tests;

/// <summary>What the kernel needs of a module here: its name, its handled events, and how its read copies are cleared.</summary>
internal class SimulatedModule(string name, params IReadOnlyList<Type> handles) : Module<SimulatedDb>
{
    public static readonly IReadOnlyList<SimulatedModule> All =
    [
        new("alpha"),
        new("beta", typeof(AlphaCounted)),
        new RebuildableModule("gamma", typeof(AlphaCounted), typeof(BetaEchoed)),
    ];

    public const string Tables = """
        CREATE TABLE operations (operation INTEGER PRIMARY KEY, item TEXT NOT NULL, parts INTEGER NOT NULL);
        CREATE TABLE applied (
            id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL
        );
        """;

    public override string Name => name;

    public override string Description => "A module of the simulation.";

    public IReadOnlyList<Type> Handles => handles;

    /// <summary>The events that it publishes under its own name.</summary>
    public static IntegrationEvent Event(string module, string item, int operation, int index) =>
        module == "alpha" ? new AlphaCounted(item, operation, index) : new BetaEchoed(item, operation, index);

    protected override void Map(IEndpointRouteBuilder routes) { }
}

internal sealed class RebuildableModule(string name, params IReadOnlyList<Type> handles) : SimulatedModule(name, handles)
{
    protected override IReadOnlyList<ReadCopy<SimulatedDb>> ReadCopies =>
        [new("applied", Clear, typeof(Reaction<AlphaCounted>), typeof(Reaction<BetaEchoed>))];

    private static Task Clear(SimulatedDb db, CancellationToken ct)
    {
        db.Execute("DELETE FROM applied");
        return Task.CompletedTask;
    }
}

/// <summary>Uses the writer's connection directly: EF Core is not part of the simulation.</summary>
internal sealed class SimulatedDb(DbConnection connection) : ModuleDbContext(new DbContextOptions<SimulatedDb>())
{
    public void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        connection.Execute(sql, [.. parameters.Select(parameter => (parameter.Name, (object?)parameter.Value))]);
    }

    public override Task<int> SaveChangesAsync(CancellationToken cancellationToken = default) => Task.FromResult(0);
}

/// <summary>Stores each event in the order in which it takes effect. Beta also publishes an event in reaction.</summary>
internal sealed class Reaction<T>(World world, string module, SimulatedDb db, EventContext context, IPublisher publisher)
    : INotificationHandler<T>
    where T : INotification
{
    public async Task Handle(T notification, CancellationToken cancellationToken)
    {
        world.BeforeReaction(module, context, IsPoisoned(notification));
        db.Execute(
            "INSERT INTO applied (source, position, key) VALUES ($source, $position, $key)",
            ("$source", context.Source),
            ("$position", context.Position),
            ("$key", context.Key)
        );
        if (module == "beta" && notification is AlphaCounted counted)
        {
            await publisher.Publish(new BetaEchoed(counted.Item, counted.Operation, counted.Index), cancellationToken);
        }
        world.AfterReaction(module, context);
    }

    private bool IsPoisoned(T notification) =>
        notification switch
        {
            AlphaCounted counted => world.Chaos.IsPoison((counted.Operation * 100) + (counted.Index * 10) + module.Length),
            BetaEchoed echoed => world.Chaos.IsPoison(-(echoed.Operation * 100) - (echoed.Index * 10)),
            _ => false,
        };
}
