using System.Text;
using System.Text.Json;
using CsCheck;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>Envelopes as CloudEvents, in both directions. Other processes read them, so the golden files must stay readable.</summary>
internal sealed class CloudEventsTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Envelope Full = new(
        Position: 42,
        Guid.Parse("019ac3f0-7a1b-7c55-9d3e-0123456789ab"),
        "publisher",
        "publisher.happened",
        Version: 3,
        "key/1 é",
        new DateTimeOffset(2026, 11, 27, 8, 9, 10, 120, TimeSpan.Zero),
        "4bf92f3577b34da6a3ce929d0e0e4736",
        Guid.Parse("019ac3f0-7a1b-7c55-9d3e-ba9876543210"),
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        """{ "subject":"caf\u00e9 é", "amount":1.10,"power":1e3 }""",
        "019ac3f0-0000-7000-8000-000000000001"
    );

    private static IEnumerable<TestCaseData> Golden()
    {
        yield return Case("full", Full);
        yield return Case("least", Full with { CausationId = null, TraceParent = null, Actor = null, Payload = "{}" });
        yield return Case("no-json", Full with { Payload = "{\"subject\":" });
        yield return Case(
            "damaged",
            Full with
            {
                OccurredAt = DateTimeOffset.UnixEpoch,
                Payload = "?",
                Damage = new Damage(
                    "occurred_at is no time. payload is no UTF-8.",
                    new Dictionary<string, object?> { ["occurred_at"] = null, ["payload"] = null }
                ),
            }
        );

        static TestCaseData Case(string file, Envelope envelope) => new TestCaseData(file, envelope).SetArgDisplayNames(file);
    }

    [TestCaseSource(nameof(Golden))]
    public void An_envelope_is_written_as_the_golden_file_has_it(string file, Envelope envelope) =>
        Assert.That(Text(envelope), Is.EqualTo(Read(file)));

    [TestCaseSource(nameof(Golden))]
    public void A_golden_file_is_read_as_the_envelope_that_it_was(string file, Envelope envelope)
    {
        using var document = JsonDocument.Parse(Read(file));

        var read = CloudEvents.Read(document.RootElement);

        Assert.That(read with { Damage = null }, Is.EqualTo(envelope with { Damage = null }));
        Assert.That(read.Damage?.Text, Is.EqualTo(envelope.Damage?.Text));
        Assert.That(read.Damage?.Stored.Keys, Is.EqualTo(envelope.Damage?.Stored.Keys));
    }

    [Test]
    public void What_is_written_is_read_as_it_was_with_the_payload_byte_for_byte() =>
        Gen.Select(Gen.String, Gen.String, Gen.String.Null(), Gen.Int[1, 9], Gen.Bool)
            .Sample(
                (subject, key, actor, version, pretty) =>
                {
                    var payload = JsonSerializer.Serialize(new { subject, amounts = new[] { version, 1.5 } }, pretty ? Indented : null);
                    var envelope = Full with
                    {
                        Key = Valid(key),
                        Actor = actor is null ? null : Valid(actor),
                        Version = version,
                        Payload = payload,
                    };
                    using var document = JsonDocument.Parse(Text(envelope));
                    Expect.Equal(CloudEvents.Read(document.RootElement), envelope, "an envelope");
                },
                iter: Samples.Ordinarily(1000)
            );

    [TestCase("{}")]
    [TestCase("""{"position":1}""")]
    [TestCase("""{"position":"1","id":"x"}""")]
    public void JSON_that_is_not_an_event_of_a_log_is_refused(string json)
    {
        using var document = JsonDocument.Parse(json);

        Assert.That(() => CloudEvents.Read(document.RootElement), Throws.InstanceOf<FormatException>());
    }

    private static string Read(string file) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Events", "Golden", $"{file}.json")).TrimEnd('\n');

    private static string Text(Envelope envelope)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            CloudEvents.Write(json, envelope);
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    // An unpaired surrogate cannot be written as UTF-8.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
