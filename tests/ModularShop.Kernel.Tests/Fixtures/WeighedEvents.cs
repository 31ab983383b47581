using System.Text.Json.Serialization;
using MediatR;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>An event with a value type that refuses some values.</summary>
[EventName("publisher.weighed", version: 1)]
public sealed record Weighed(string Place, Weight Weight) : IntegrationEvent
{
    public override string Key => Place;
}

public readonly record struct Weight
{
    [JsonConstructor]
    public Weight(int grams) =>
        Grams = grams > 0 ? grams : throw new ArgumentOutOfRangeException(nameof(grams), grams, "Everything weighs something.");

    public int Grams { get; init; }
}

internal sealed class WriteWeighed(FixtureDb db, EventContext context) : INotificationHandler<Weighed>
{
    public Task Handle(Weighed weighed, CancellationToken ct)
    {
        db.Receipts.Add(
            new Receipt
            {
                Position = context.Position,
                Subject = weighed.Place,
                Number = weighed.Weight.Grams,
                IsReplay = context.IsReplay,
            }
        );
        return Task.CompletedTask;
    }
}
