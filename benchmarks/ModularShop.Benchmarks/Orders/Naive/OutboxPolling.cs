using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Benchmarks.Orders.EfCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>
/// Looks into the outbox once a second and delivers all that waits there, a message a transaction, in order. The mark in
/// the outbox is set afterwards; what a crash leaves between the two, the inbox knows.
/// </summary>
internal sealed class OutboxPolling(IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
{
    private const int PageSize = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (await DeliverPage(stoppingToken) == PageSize) { }
        }
    }

    private async Task<int> DeliverPage(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NaiveOrdersDb>();
        var messages = await db
            .Outbox.AsNoTracking()
            .Where(message => message.ProcessedAt == null)
            .OrderBy(message => message.Id)
            .Take(PageSize)
            .ToListAsync(ct);
        foreach (var message in messages)
        {
            await Deliver(message, ct);
            var now = clock.GetUtcNow();
            await db.Outbox.Where(m => m.Id == message.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.ProcessedAt, now), ct);
        }
        return messages.Count;
    }

    private async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var placed = JsonSerializer.Deserialize<OrderPlaced>(message.Payload, JsonSerializerOptions.Web)!;
        await scope.ServiceProvider.GetRequiredService<RecordOrder>().Handle(message.MessageId, placed, ct);
    }
}
