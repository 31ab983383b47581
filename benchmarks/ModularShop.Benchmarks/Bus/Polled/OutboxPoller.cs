using System.Text.Json;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Polled;

/// <summary>Reads the outbox at its start and then each second, and handles all messages in it.</summary>
internal sealed class OutboxPoller(IServiceScopeFactory scopes, TimeProvider clock, Watch watch) : BackgroundService
{
    private const int Batch = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start of the host must not wait for existing messages.
        watch.PumpStarts();
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            while (await HandleSome(stoppingToken) == Batch) { }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> HandleSome(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxDb>();
        var messages = await db
            .Outbox.Where(message => message.ProcessedAt == null)
            .OrderBy(message => message.OccurredAt)
            .Take(Batch)
            .ToListAsync(ct);
        foreach (var message in messages)
        {
            await Deliver(message, ct);
            message.ProcessedAt = clock.GetUtcNow();
            await db.SaveChangesAsync(ct);
        }
        return messages.Count;
    }

    private async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var placed = JsonSerializer.Deserialize<OrderPlaced>(message.Content)!;
        await scope.ServiceProvider.GetRequiredService<IPublisher>().Publish(new Arrived(message.Id, placed), ct);
    }
}

/// <summary>A message of the outbox, on its way to its handlers.</summary>
internal sealed record Arrived(Guid MessageId, OrderPlaced Placed) : INotification;
