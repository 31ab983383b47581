using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Testing;

/// <summary>
/// Takes the place of another module: it publishes any events under that module's name. The module under test cannot tell the
/// difference, because it knows other modules by their events only.
/// </summary>
/// <param name="map">Maps the module's endpoints.</param>
public sealed class StandInModule(string name, Action<IEndpointRouteBuilder>? map = null) : Module<StandInDb>
{
    private IServiceScopeFactory? scopes;

    public override string Name => name;

    public override string Description => $"Stands in for {name}.";

    /// <summary>Publishes an event and returns when it is on disk.</summary>
    public Task Publish(IntegrationEvent integrationEvent) => Publish([integrationEvent]);

    /// <summary>Publishes events in one unit of work.</summary>
    public async Task Publish(IReadOnlyList<IntegrationEvent> integrationEvents)
    {
        await using var scope = scopes!.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new PublishEvents(integrationEvents));
    }

    /// <summary>Erases what the kernel keeps about a person, and returns when that is on disk.</summary>
    public async Task Forget(Guid person)
    {
        await using var scope = scopes!.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new ForgetPerson(person));
    }

    protected override void Use(IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => scopes = services.GetRequiredService<IServiceScopeFactory>());
    }

    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Ok(name));
        map?.Invoke(routes);
    }
}

public sealed class StandInDb(DbContextOptions<StandInDb> options) : ModuleDbContext(options);

internal sealed record PublishEvents(IReadOnlyList<IntegrationEvent> Events) : ICommand<Unit>;

internal sealed class PublishEventsHandler(IPublisher publisher) : IRequestHandler<PublishEvents, Unit>
{
    public async Task<Unit> Handle(PublishEvents command, CancellationToken ct)
    {
        foreach (var integrationEvent in command.Events)
        {
            await publisher.Publish(integrationEvent, ct);
        }
        return Unit.Value;
    }
}

internal sealed record ForgetPerson(Guid Person) : ICommand<Unit>;

internal sealed class ForgetPersonHandler(IErasure erasure) : IRequestHandler<ForgetPerson, Unit>
{
    public Task<Unit> Handle(ForgetPerson command, CancellationToken ct)
    {
        erasure.Forget(command.Person);
        return Unit.Task;
    }
}
