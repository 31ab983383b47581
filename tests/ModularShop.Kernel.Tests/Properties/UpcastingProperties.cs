using System.Text.Json.Nodes;
using CsCheck;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Properties;

internal sealed class UpcastingProperties
{
    private static readonly EventType Newest = EventType.Of(typeof(Measured));
    private static readonly Gen<string> GenPlace = Gen.String[0, 20].Select(text => text + "é🛒");
    private static readonly Gen<int> GenDegrees = Gen.Int[-100_000, 100_000];

    private static readonly EventSerializer Serializer = new();

    private readonly Upcasters upcasters = Upcasters.In(
        typeof(UpcastingProperties).Assembly,
        HandledEvents.In(typeof(UpcastingProperties).Assembly, "reader"),
        Serializer
    );

    [Test]
    public void An_event_reads_the_same_in_whichever_version_it_was_stored() =>
        Gen.Select(GenPlace, GenDegrees)
            .Sample(
                (place, degrees) =>
                {
                    var today = Read(new Measured(place, degrees * 10));
                    Expect.Equal(Read(new MeasuredInDegrees(place, degrees)), today, "stored in version 2");
                    Expect.Equal(Read(new MeasuredAsText(place, $"{degrees} C")), today, "stored in version 1");
                },
                iter: Samples.Ordinarily(1000)
            );

    [Test]
    public void Upcasting_applies_each_step_once_and_in_order() =>
        Gen.Select(GenPlace, GenDegrees)
            .Sample(
                (place, degrees) =>
                {
                    var first = new MeasuredAsText(place, $"{degrees} C");
                    var second = new MeasuredFrom1().Upcast(JsonNode.Parse(Payload(first))!.AsObject());
                    var third = new MeasuredFrom2().Upcast(second);
                    Expect.Equal(Read(first), Serializer.Deserialize(Newest, third.ToJsonString()), "version 1 through the chain");
                },
                iter: Samples.Ordinarily(1000)
            );

    [Test]
    public void An_event_of_the_newest_version_is_read_as_it_is() =>
        Gen.Select(GenPlace, Gen.Int)
            .Sample(
                (place, tenths) =>
                {
                    var measured = new Measured(place, tenths);
                    var read = Read(measured);
                    Expect.Equal(Payload(read), Payload(measured), "its payload");
                    Expect.Equal(((Measured)read).Tenths, tenths, "its content");
                },
                iter: Samples.Ordinarily(1000)
            );

    private static string Payload(IntegrationEvent content) => Serializer.Serialize(content);

    private IntegrationEvent Read(IntegrationEvent stored) =>
        upcasters.Read(
            Newest,
            new Envelope(
                Position: 1,
                Guid.Empty,
                Newest.Source,
                Newest.Name,
                EventType.Of(stored.GetType()).Version,
                "key",
                DateTimeOffset.UnixEpoch,
                "correlation",
                CausationId: null,
                TraceParent: null,
                Payload(stored)
            ),
            PersonKeys.None
        );
}
