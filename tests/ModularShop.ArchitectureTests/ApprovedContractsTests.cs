using ModularShop.ArchitectureTests.Rules;
using ModularShop.Kernel;
using ModularShop.Kernel.Events;

namespace ModularShop.ArchitectureTests;

internal sealed class ApprovedContractsTests
{
    private string folder = "";

    private ApprovedContracts Contracts => new(folder);

    [SetUp]
    public void CreateFolder() => folder = Directory.CreateTempSubdirectory("contracts-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void A_new_event_passes_and_is_kept_from_then_on()
    {
        Assert.That(Review<Sent>(), Is.Empty);

        Assert.That(Files, Is.EqualTo(["parcels.sent.v1.json"]));
        Assert.That(
            Review<SentInGrams>(),
            Is.EqualTo([
                "parcels.sent v1: field `weight` changed from integer (int32) to string.",
                "Events like that are in logs for ever: make it version 2, and add an upcaster from 1 to each module that reacts to it "
                    + $"(ARCHITECTURE.md, Adding things). Only if no log holds such an event yet: delete {FileOf(1)} and run the tests again.",
            ])
        );
    }

    [Test]
    public void What_is_added_is_kept_from_then_on_too()
    {
        Review<Sent>();
        Assert.That(Review<SentWithNote>(), Is.Empty);

        Assert.That(Review<Sent>(), Has.One.EqualTo("parcels.sent v1: field `note` is gone."));
    }

    [Test]
    public void What_breaks_the_contract_is_not_written()
    {
        Review<Sent>();
        var before = File.ReadAllText(FileOf(1));

        Review<SentInGrams>();

        Assert.That(File.ReadAllText(FileOf(1)), Is.EqualTo(before));
    }

    [Test]
    public void Deleting_the_file_approves_what_there_is()
    {
        Review<Sent>();
        File.Delete(FileOf(1));

        Assert.That(Review<SentInGrams>(), Is.Empty);
        Assert.That(Review<Sent>(), Is.Not.Empty);
    }

    [Test]
    public void A_new_version_may_have_any_shape_and_the_old_one_stays()
    {
        Review<Sent>();

        Assert.That(Review<SentAnew>(), Is.Empty);
        Assert.That(Files, Is.EqualTo(["parcels.sent.v1.json", "parcels.sent.v2.json"]));
        Assert.That(Contracts.Orphans([EventType.Of(typeof(SentAnew))]), Is.Empty);
    }

    [Test]
    public void A_version_that_leaves_one_out_is_refused() =>
        Assert.That(
            Review<SentAnew>(),
            Is.EqualTo(["parcels.sent v2: version 1 was never approved. Versions count up from 1, one by one."])
        );

    [Test]
    public void A_version_that_goes_back_is_refused()
    {
        Review<Sent>();
        Review<SentAnew>();

        Assert.That(
            Contracts.Orphans([EventType.Of(typeof(Sent))]),
            Is.EqualTo(["parcels.sent v2: the event went back to version 1, and would not be read any more."])
        );
    }

    [Test]
    public void An_event_that_is_renamed_or_removed_is_missed()
    {
        Review<Sent>();

        Assert.That(
            Contracts.Orphans([EventType.Of(typeof(Dispatched))]),
            Has.One.StartsWith("parcels.sent v1: no event has this name any more, but logs hold it for ever.")
        );
    }

    private IEnumerable<string?> Files => Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private string FileOf(int version) => Path.Combine(folder, $"parcels.sent.v{version}.json");

    private IReadOnlyList<string> Review<TEvent>()
        where TEvent : IntegrationEvent => Contracts.Review(EventType.Of(typeof(TEvent)));

    [EventName("parcels.sent", version: 1)]
    private sealed record Sent(Guid Id, int Weight) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    [EventName("parcels.sent", version: 1)]
    private sealed record SentWithNote(Guid Id, int Weight, string? Note) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    [EventName("parcels.sent", version: 1)]
    private sealed record SentInGrams(Guid Id, string Weight) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    [EventName("parcels.sent", version: 2)]
    private sealed record SentAnew(Guid Id, string Weight) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }

    [EventName("parcels.dispatched", version: 1)]
    private sealed record Dispatched(Guid Id, int Weight) : IntegrationEvent
    {
        public override string Key => Id.ToString();
    }
}
