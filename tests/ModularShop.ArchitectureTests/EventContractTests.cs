using System.Reflection;
using ModularShop.ArchitectureTests.Rules;
using ModularShop.Kernel;
using ModularShop.Kernel.Events;
using Module = ModularShop.Kernel.Modules.Module;

namespace ModularShop.ArchitectureTests;

/// <summary>All versions of events stay readable. The approved versions are in the folder Contracts.</summary>
internal sealed class EventContractTests
{
    private static readonly ApprovedContracts Approved = new(
        Path.Combine(Shop.Folder, "tests", "ModularShop.ArchitectureTests", "Contracts")
    );

    private static readonly IReadOnlyList<EventType> Types =
    [
        .. Shop
            .Contracts.SelectMany(contracts => contracts.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(IntegrationEvent)))
            .Select(EventType.Of),
    ];

    private static IEnumerable<TestCaseData> Events =>
        Types.Select(type => new TestCaseData(type).SetArgDisplayNames($"{type.Name} v{type.Version}"));

    private static IEnumerable<TestCaseData> Modules => Shop.CasesOf(Shop.Modules);

    [TestCaseSource(nameof(Events))]
    public void An_event_changes_only_in_ways_that_old_logs_and_old_modules_can_bear(EventType type) => AssertNone(Approved.Review(type));

    [Test]
    public void Every_approved_version_still_has_its_event() => AssertNone(Approved.Orphans(Types));

    [Test]
    public void A_name_stands_for_one_record() => Assert.That(Types.Select(type => type.Name), Is.Unique);

    [TestCaseSource(nameof(Modules))]
    public void A_module_reads_every_version_of_the_events_that_it_reacts_to(Assembly module)
    {
        var face = (Module)Activator.CreateInstance(module.GetTypes().Single(Shop.IsModule))!;

        Assert.That(() => Upcasters.In(module, HandledEvents.In(module, face.Name), new EventSerializer()), Throws.Nothing);
    }

    private static void AssertNone(IReadOnlyList<string> violations) =>
        Assert.That(violations, Is.Empty, () => string.Join(Environment.NewLine, violations));
}
