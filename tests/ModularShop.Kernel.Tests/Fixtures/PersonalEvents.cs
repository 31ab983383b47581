using MediatR;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>An event with personal data.</summary>
[EventName("publisher.met", version: 1)]
public sealed record Met(
    Guid Person,
    [property: PersonalData(Of = nameof(Met.Person))] string? Name,
    [property: PersonalData(Of = nameof(Met.Person))] Home? Home,
    string Place
) : IntegrationEvent
{
    public override string Key => Person.ToString();
}

public sealed record Home(string Street, int Number);

internal sealed class WriteMet(FixtureDb db, EventContext context, FixtureModule module) : INotificationHandler<Met>
{
    public async Task Handle(Met met, CancellationToken ct)
    {
        await module.WhenMet(met, context, ct);
        db.Receipts.Add(
            new Receipt
            {
                Position = context.Position,
                Subject = $"{met.Name ?? "nobody"} of {met.Home?.Street ?? "nowhere"}, met in {met.Place}",
                Number = met.Home?.Number ?? 0,
                IsReplay = context.IsReplay,
            }
        );
    }
}
