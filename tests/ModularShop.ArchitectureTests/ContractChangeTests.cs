using System.Text.Json.Nodes;
using ModularShop.ArchitectureTests.Rules;

namespace ModularShop.ArchitectureTests;

/// <summary>Which changes of an event are compatible, and which are not and why, with one record that is changed in every way.</summary>
internal sealed class ContractChangeTests
{
    private static readonly JsonObject Before = EventSchema.Of(typeof(Sent));

    [TestCase(typeof(SentUnchanged), Description = "Another record, with its fields in another order")]
    [TestCase(typeof(SentWithNote), Description = "A nullable field, and one with a default, also in a list's items")]
    public void Adding_what_is_optional_passes(Type after) => Assert.That(ContractChange.Breaks(Before, EventSchema.Of(after)), Is.Empty);

    [TestCase(typeof(SentWithoutTotal), "field `total` is gone")]
    [TestCase(typeof(SentRenamed), "field `total` is gone", "new field `sum` is required, but events in logs do not have it*")]
    [TestCase(typeof(SentRetyped), "field `total` changed from integer (int32) to string")]
    [TestCase(typeof(SentWidened), "field `total` changed from integer (int32) to integer (int64)")]
    [TestCase(typeof(SentWithRequiredReason), "field `reason` is required now, but events without it may be in logs")]
    [TestCase(typeof(SentWithOptionalTotal), "field `total` is optional now, but modules built earlier count on it")]
    [TestCase(typeof(SentWithUrgencyUnlessNull), "field `urgent` may be null now, but modules built earlier count on it")]
    [TestCase(typeof(SentFaster), "field `urgent` has another default: true instead of false")]
    [TestCase(typeof(SentByFewer), "field `by` no longer knows the value `seaMail`, which may be in logs")]
    [TestCase(typeof(SentByMore), "field `by` has the new value `drone`, which modules built earlier do not know")]
    [TestCase(typeof(SentByName), "field `by` changed from enum to string")]
    [TestCase(typeof(SentWithoutWeight), "field `parcels[].weight` is gone")]
    [TestCase(typeof(SentWithSize), "new field `parcels[].size` is required, but events in logs do not have it*")]
    [TestCase(typeof(SentSingle), "field `parcels` changed from array to object")]
    [TestCase(typeof(SentWithNumbers), "field `parcels[]` changed from object to integer (int32)")]
    public void Anything_else_is_a_break_that_names_the_field(Type after, params string[] lines)
    {
        var breaks = ContractChange.Breaks(Before, EventSchema.Of(after));

        Assert.That(breaks, Has.Count.EqualTo(lines.Length), () => string.Join('\n', breaks));
        foreach (var (line, found) in lines.Zip(breaks))
        {
            Assert.That(found, line.EndsWith('*') ? Does.StartWith(line.TrimEnd('*')) : Is.EqualTo(line));
        }
    }

    [Test]
    public void A_record_used_twice_is_compared_wherever_the_schema_describes_it()
    {
        var before = EventSchema.Of(typeof(SentThere));

        Assert.That(ContractChange.Breaks(before, EventSchema.Of(typeof(SentThereAndBefore))), Is.Empty, "another place comes first now");
        Assert.That(
            ContractChange.Breaks(before, EventSchema.Of(typeof(SentElsewhere))),
            Has.One.EqualTo("field `to.town` is gone").And.One.EqualTo("field `from.town` is gone")
        );
    }

    [Test]
    public void A_field_that_may_no_longer_be_null_is_a_break()
    {
        var loose = new JsonObject
        {
            ["properties"] = new JsonObject { ["a"] = new JsonObject { ["type"] = new JsonArray("string", "null") } },
        };
        var strict = new JsonObject { ["properties"] = new JsonObject { ["a"] = new JsonObject { ["type"] = "string" } } };

        Assert.That(ContractChange.Breaks(loose, strict), Is.EqualTo(["field `a` may no longer be null, but it may be in logs"]));
    }

    private enum Carrier
    {
        Truck,
        SeaMail,
    }

    private enum FewerCarriers
    {
        Truck,
    }

    private enum MoreCarriers
    {
        Truck,
        SeaMail,
        Drone,
    }

    private sealed record Parcel(string Label, decimal Weight);

    private sealed record ParcelWithNote(string Label, decimal Weight, string? Note = null);

    private sealed record Unweighed(string Label);

    private sealed record Sized(string Label, decimal Weight, int Size);

    private sealed record Place(string Town);

    private sealed record Point(double North);

    private sealed record Sent(int Total, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentUnchanged(Carrier By, int Total, IReadOnlyList<Parcel> Parcels, bool Urgent = false, string? Reason = null);

    private sealed record SentWithNote(
        int Total,
        Carrier By,
        IReadOnlyList<ParcelWithNote> Parcels,
        string? Reason,
        Guid? Sender,
        bool Urgent = false,
        int Copies = 1
    );

    private sealed record SentWithoutTotal(Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentRenamed(int Sum, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentRetyped(string Total, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWidened(long Total, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWithRequiredReason(int Total, Carrier By, IReadOnlyList<Parcel> Parcels, string Reason, bool Urgent = false);

    private sealed record SentWithOptionalTotal(int? Total, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWithUrgencyUnlessNull(
        int Total,
        Carrier By,
        IReadOnlyList<Parcel> Parcels,
        string? Reason,
        bool? Urgent = false
    );

    private sealed record SentFaster(int Total, Carrier By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = true);

    private sealed record SentByFewer(int Total, FewerCarriers By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentByMore(int Total, MoreCarriers By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentByName(int Total, string By, IReadOnlyList<Parcel> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWithoutWeight(int Total, Carrier By, IReadOnlyList<Unweighed> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWithSize(int Total, Carrier By, IReadOnlyList<Sized> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentSingle(int Total, Carrier By, Parcel Parcels, string? Reason, bool Urgent = false);

    private sealed record SentWithNumbers(int Total, Carrier By, IReadOnlyList<int> Parcels, string? Reason, bool Urgent = false);

    private sealed record SentThere(Place To, Place From);

    private sealed record SentThereAndBefore(Place? Before, Place To, Place From);

    private sealed record SentElsewhere(Point To, Point From);
}
