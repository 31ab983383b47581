using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.InMemory;

/// <summary>MediatR calling a handler that touches no file: what dispatch itself costs.</summary>
internal sealed class DispatchOnly(ServiceProvider services) : IBus
{
    public const string Name = "MediatR dispatch only";

    public bool Delivers => false;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate) =>
        Task.FromResult<IBus>(
            new DispatchOnly(
                new ServiceCollection()
                    .AddMediatR(mediatR =>
                    {
                        mediatR.RegisterServicesFromAssemblyContaining<DispatchOnly>();
                        mediatR.TypeEvaluator = type => type == typeof(TakeNote);
                    })
                    .AddSingleton(new Total())
                    .BuildServiceProvider()
            )
        );

    public async Task Place(Basket basket)
    {
        await using var scope = services.CreateAsyncScope();
        var placed = basket.Place(TimeProvider.System.GetUtcNow());
        await scope.ServiceProvider.GetRequiredService<IPublisher>().Publish(new Heard(placed));
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}

internal sealed record Heard(OrderPlaced Placed) : INotification;

internal sealed class TakeNote(Total total) : INotificationHandler<Heard>
{
    public Task Handle(Heard heard, CancellationToken ct)
    {
        total.Add(heard.Placed.Total);
        return Task.CompletedTask;
    }
}

internal sealed class Total
{
    private long cents;

    public void Add(long more) => Interlocked.Add(ref cents, more);
}
