using System.Text.Json.Nodes;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>The errors at a module's start for upcasters that do not lead from version 1 to the version that it knows.</summary>
internal sealed class UpcasterRuleTests
{
    private static readonly EventType[] Handled = [EventType.Of(typeof(Measured))];

    [Test]
    public void A_missing_step_is_named() =>
        Assert.That(
            ProblemWith(typeof(MeasuredFrom2)),
            Is.EqualTo(
                "Nothing brings 'publisher.measured' from version 1 to 2, which logs may still hold. Add an Upcaster<Measured>(from: 1)."
            )
        );

    [Test]
    public void Every_missing_step_is_named() =>
        Assert.That(ProblemWith(), Does.Contain("Upcaster<Measured>(from: 1)").And.Contain("Upcaster<Measured>(from: 2)"));

    [Test]
    public void A_step_that_is_there_twice_is_named() =>
        Assert.That(
            ProblemWith(typeof(MeasuredFrom1), typeof(MeasuredFrom2), typeof(Other<int>)),
            Does.Match(@"^MeasuredFrom1 and Other.* bring 'publisher.measured' from version 1\. Keep one of them\.$")
        );

    [Test]
    public void A_step_from_the_newest_version_leads_nowhere() =>
        Assert.That(
            ProblemWith(typeof(MeasuredFrom1), typeof(MeasuredFrom2), typeof(TooFar<int>)),
            Does.Contain("is from version 3 of 'publisher.measured', which has version 3 now")
        );

    [Test]
    public void An_upcaster_of_an_event_that_nothing_reacts_to_is_named() =>
        Assert.That(
            ProblemWith(typeof(MeasuredFrom1), typeof(MeasuredFrom2), typeof(OfUnnoticed<int>)),
            Does.Contain("is for 'publisher.unnoticed', to which nothing here reacts")
        );

    [Test]
    public void An_upcaster_that_wants_to_be_given_something_is_refused() =>
        Assert.That(ProblemWith(typeof(Dependent<int>)), Does.Contain("its constructor takes no parameters"));

    [Test]
    public void A_module_that_reacts_to_two_versions_of_an_event_is_told_to_keep_the_newest() =>
        Assert.That(
            () => new HandledEvents([Reaction(typeof(Measured)), Reaction(typeof(MeasuredInDegrees))]),
            Throws.InvalidOperationException.With.Message.Contains("'publisher.measured' is handled as Measured and as MeasuredInDegrees")
        );

    private static (Type Reaction, EventType Event) Reaction(Type type) => (typeof(UpcasterRuleTests), EventType.Of(type));

    private static string? ProblemWith(params Type[] upcasters) =>
        Assert.Throws<InvalidOperationException>(() => Upcasters.Of(upcasters, Handled, new EventSerializer()))?.Message;

    // Generic, so that the kernel does not find them in this assembly.
    private abstract class Unchanged<TEvent>(int from) : Upcaster<TEvent>(from)
        where TEvent : IntegrationEvent
    {
        public override JsonObject Upcast(JsonObject payload) => payload;
    }

    private sealed class Other<T>() : Unchanged<Measured>(from: 1);

    private sealed class TooFar<T>() : Unchanged<Measured>(from: 3);

    private sealed class OfUnnoticed<T>() : Unchanged<Unnoticed>(from: 1);

    private sealed class Dependent<T>(int from) : Unchanged<Measured>(from);
}
