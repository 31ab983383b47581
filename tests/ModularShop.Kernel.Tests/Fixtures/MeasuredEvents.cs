using System.Globalization;
using System.Text.Json.Nodes;
using MediatR;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>An event that has changed twice, in its current version.</summary>
[EventName("publisher.measured", version: 3)]
public sealed record Measured(string Place, int Tenths) : IntegrationEvent
{
    public override string Key => Place;
}

/// <summary>The previous version, in which one field had another name and another unit.</summary>
[EventName("publisher.measured", version: 2)]
public sealed record MeasuredInDegrees(string Location, int Degrees) : IntegrationEvent
{
    public override string Key => Location;
}

/// <summary>The first version, in which the value was a text such as "21 C".</summary>
[EventName("publisher.measured", version: 1)]
public sealed record MeasuredAsText(string Location, string Reading) : IntegrationEvent
{
    public override string Key => Location;
}

internal sealed class MeasuredFrom1() : Upcaster<Measured>(from: 1)
{
    public override JsonObject Upcast(JsonObject payload)
    {
        var reading = (string)payload["reading"]!;
        payload.Remove("reading");
        payload["degrees"] = int.Parse(reading.Split(' ')[0], CultureInfo.InvariantCulture);
        return payload;
    }
}

internal sealed class MeasuredFrom2() : Upcaster<Measured>(from: 2)
{
    public override JsonObject Upcast(JsonObject payload) =>
        new() { ["place"] = (string?)payload["location"], ["tenths"] = (int)payload["degrees"]! * 10 };
}

internal sealed class WriteMeasured(FixtureDb db, EventContext context) : INotificationHandler<Measured>
{
    public Task Handle(Measured measured, CancellationToken ct)
    {
        db.Receipts.Add(
            new Receipt
            {
                Position = context.Position,
                Subject = $"{context.Key}: {measured.Place}",
                Number = measured.Tenths,
                IsReplay = context.IsReplay,
            }
        );
        return Task.CompletedTask;
    }
}
