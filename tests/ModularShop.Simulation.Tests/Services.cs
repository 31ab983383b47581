using MediatR;
using MediatR.NotificationPublishers;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Simulation.Tests;

/// <summary>A module's container, with the few services that units of work and reactions request.</summary>
internal sealed class Services(World world, ModuleIdentity module, HandledEvents handled, PendingEvents pending) : IServiceScopeFactory
{
    public static HandlerWrappers Wrappers { get; } = new();

    public IServiceScope CreateScope() => new Scope(world, module, handled, pending);

    private sealed class Scope(World world, ModuleIdentity module, HandledEvents handled, PendingEvents pending)
        : IServiceScope,
            IServiceProvider
    {
        private static readonly EventTypes Types = new();
        private static readonly EventSerializer Serializer = new();
        private static readonly ForeachAwaitPublisher Handlers = new();

        private readonly UnitOfWorkScope unitOfWork = new();
        private readonly EventContext context = new();
        private SimulatedDb? db;

        public IServiceProvider ServiceProvider => this;

        private SimulatedDb Db => db ??= new SimulatedDb(unitOfWork.Transaction!.Connection);

        private IPublisher Publisher =>
            new ModuleMediator(
                this,
                new ForeachAwaitPublisher(),
                unitOfWork,
                pending,
                new EnvelopeFactory(module, Types, Serializer, world.Clock),
                context,
                Wrappers
            );

        public object? GetService(Type serviceType) =>
            serviceType == typeof(UnitOfWorkScope) ? unitOfWork
            : serviceType == typeof(EventContext) ? context
            : serviceType == typeof(ModuleDbContext) || serviceType == typeof(SimulatedDb) ? Db
            : serviceType == typeof(IPublisher) ? Publisher
            : serviceType == typeof(IEnumerable<INotificationHandler<AlphaCounted>>) ? Reactions<AlphaCounted>()
            : serviceType == typeof(IEnumerable<INotificationHandler<BetaEchoed>>) ? Reactions<BetaEchoed>()
            : serviceType == typeof(IEnumerable<INotificationHandler<AlphaIgnored>>) ? Reactions<AlphaIgnored>()
            : null;

        public void Dispose() => db?.Dispose();

        private INotificationHandler<T>[] Reactions<T>()
            where T : INotification =>
            handled.Types.Any(type => type.Clr == typeof(T)) ? [new Reaction<T>(world, module.Name, Db, context, Publisher)] : [];
    }
}
