using ModularShop.Host.Splitting;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Processes;

namespace ModularShop.SystemTests.Splitting;

/// <summary>What the report makes of the figures of a shop.</summary>
internal sealed class ReportTests
{
    private const double Seconds = 10;

    private static readonly MeasuredCosts Costs = new(
        new HopCost(ProcessBytes: 100 << 20, DirectMicroseconds: 100, PassedMicroseconds: 350, CpuMicroseconds: 200),
        [
            new FeedCost(
                "a",
                500,
                Bytes: 400,
                CompressedBytes: 100,
                MicrosecondsAlone: 300,
                MicrosecondsInBatches: 30,
                MicrosecondsLocal: 0.1
            ),
        ],
        Problem: null
    );

    [Test]
    public void Rates_are_those_of_the_time_observed()
    {
        var a = Load("a", requests: 500, cpu: 4, published: 200, new EventSizeView("a.x", 150, 15_000), new EventSizeView("a.y", 50, 5000));
        var report = Report([Process("main", cpu: 16, [a, Load("b")], Read("b", "a", applied: 190, age: 0.25))], ["a", "b"], ("b", "a"));

        var (module, boundary) = (report.Modules[0], report.Boundaries.Single());
        Assert.Multiple(() =>
        {
            Assert.That(module.RequestsPerSecond, Is.EqualTo(50));
            Assert.That(module.Cpu, Is.EqualTo(0.4));
            Assert.That(module.CpuShare, Is.EqualTo(0.25));
            Assert.That(module.CacheBytes, Is.EqualTo(1 << 20));
            Assert.That(module.Subscribers, Is.EqualTo(["b"]));
            Assert.That((boundary.Source, boundary.Subscriber), Is.EqualTo(("a", "b")));
            Assert.That(boundary.EventsPerSecond, Is.EqualTo(20));
            Assert.That(boundary.BytesPerSecond, Is.EqualTo(2000));
            Assert.That(boundary.HandledShare, Is.EqualTo(0.75), "b handles a.x only");
            Assert.That(boundary.AppliedPerSecond, Is.EqualTo(19));
            Assert.That(boundary.Lag, Is.EqualTo(3));
            Assert.That(boundary.AgeMilliseconds, Is.EqualTo(250));
            Assert.That(report.Processes.Single().NotAttributedCpu, Is.EqualTo(1.2));
        });
    }

    [Test]
    public void The_advice_weighs_what_a_module_takes_along_and_what_crosses_http_then()
    {
        var a = Load("a", requests: 500, cpu: 4, published: 200, new EventSizeView("a.x", 200, 20_000));
        var report = Report([Process("main", cpu: 16, [Load("b", cpu: 1), a], Read("b", "a"))], ["b", "a"], ("b", "a"));

        var advice = report.Advice[0];
        Assert.Multiple(() =>
        {
            Assert.That(advice.Module, Is.EqualTo("a"), "it brings the most");
            Assert.That(advice.NoLongerDownWith, Is.EqualTo(["b"]));
            Assert.That(advice.EventsPerSecond, Is.EqualTo(20));
            Assert.That(advice.BytesPerSecond, Is.EqualTo(8000));
            Assert.That(advice.CompressedBytesPerSecond, Is.EqualTo(2000));
            Assert.That(advice.EventsCpuInBatches, Is.EqualTo(0.0006).Within(1e-9));
            Assert.That(advice.EventsCpuAlone, Is.EqualTo(0.006).Within(1e-9));
            Assert.That(advice.RequestExtraMicroseconds, Is.EqualTo(250));
            Assert.That(advice.RequestsCpu, Is.EqualTo(0.01).Within(1e-9));
            Assert.That(advice.Text, Does.Contain("0.4 cores along, 25 % of what its process uses").And.Contain("a process, of 100 MB"));
            Assert.That(report.Notes[0], Does.StartWith("By load, move a first"));
        });
    }

    [Test]
    public void Modules_that_listen_to_each_other_are_named_as_a_cycle()
    {
        var report = Report([Process("main", cpu: 1, [])], ["a", "b", "c", "d"], ("b", "a"), ("c", "b"), ("a", "c"), ("d", "a"));

        Assert.That(report.Cycles.Single(), Is.EqualTo(["a", "b", "c"]), "d only listens");
        Assert.That(report.Boundaries.Where(boundary => !boundary.IsInCycle).Select(boundary => boundary.Subscriber), Is.EqualTo(["d"]));
        Assert.That(report.Notes, Has.Some.Contains("a, b, c listen to each other (a -> b, b -> c, c -> a)"));
    }

    [Test]
    public void Each_group_of_modules_that_listen_to_each_other_is_one_cycle() =>
        Assert.That(
            Cycles.In([("a", "b"), ("b", "a"), ("b", "c"), ("d", "c"), ("c", "d"), ("d", "e")]),
            Is.EqualTo(new string[][] { ["a", "b"], ["c", "d"] })
        );

    [Test]
    public void Little_load_is_said_to_be_no_reason()
    {
        var report = Report([Process("main", cpu: 4, [Load("a", requests: 10, cpu: 3), Load("b")])], ["a", "b"]);

        Assert.That(report.Notes[0], Does.StartWith("Load is no reason to split now: process main uses 0.4 of 2 cores"));
    }

    [Test]
    public void A_module_with_a_process_of_its_own_costs_what_crosses_now()
    {
        var a = Load("a", requests: 500, cpu: 4, published: 200, new EventSizeView("a.x", 200, 20_000));
        var places = new[] { Process("one", cpu: 5, [a]), Process("two", cpu: 2, [Load("b")], Read("b", "a")) };
        var report = Report(places, ["a", "b"], ("b", "a"));

        Assert.That(report.Boundaries.Single().IsBetweenProcesses);
        Assert.That(report.Advice.Select(advice => advice.IsAlone), Is.All.True);
        Assert.That(report.Advice[0].Text, Does.StartWith("a: has a process of its own. It costs now: 20 events/s"));
    }

    [Test]
    public void What_is_not_known_is_no_figure()
    {
        var there = Load("a", requests: 5, cpu: 1, published: 50, new EventSizeView("a.x", 50, 5000));
        var gone = Process("two", cpu: 0, []) with { Seconds = 0, Processors = 0, Problem = "Process 'two' cannot be asked." };
        var report = Report([Process("one", cpu: 2, [there]), gone], ["a", "b"], ("b", "a"), ("a", "b"));

        var (toGone, fromGone) = (report.Boundaries[0], report.Boundaries[1]);
        Assert.Multiple(() =>
        {
            Assert.That(report.Modules[1].RequestsPerSecond, Is.Null);
            Assert.That(report.Modules[1].Problem, Does.Contain("'two' cannot be asked"));
            Assert.That((toGone.EventsPerSecond, toGone.AppliedPerSecond, toGone.Lag), Is.EqualTo((5.0, (double?)null, (long?)null)));
            Assert.That(
                (fromGone.EventsPerSecond, fromGone.BytesPerSecond, fromGone.Lag),
                Is.EqualTo(((double?)null, (double?)null, (long?)null))
            );
            Assert.That(report.Advice.Single(advice => advice.Module == "b").Text, Does.Contain("how many events cross HTTP is not known"));
            Assert.That(report.Notes, Has.Some.EqualTo("Not in the figures: Process 'two' cannot be asked."));
        });
    }

    private static SplitReport Report(
        IReadOnlyList<ProcessLoadView> processes,
        IReadOnlyList<string> modules,
        params IReadOnlyList<(string Subscriber, string Source)> boundaries
    ) =>
        SplitReport.Of(
            processes,
            [.. modules.Select(module => Module(module, PlaceOf(module, processes)))],
            [.. boundaries.Select(Boundary)],
            Costs
        );

    // The last process has the modules of which nothing is known.
    private static string? PlaceOf(string module, IReadOnlyList<ProcessLoadView> processes) =>
        (processes.FirstOrDefault(process => process.Modules.Any(each => each.Name == module)) ?? processes[^1]).Name;

    private static ProcessLoadView Process(
        string name,
        double cpu,
        IReadOnlyList<ModuleLoadView> modules,
        params IReadOnlyList<SubscriptionLoadView> subscriptions
    ) => new(name, null, Seconds, 100, Processors: 2, cpu, cpu, 150 << 20, 50 << 20, modules, subscriptions);

    private static ModuleLoadView Load(
        string name,
        long requests = 0,
        double cpu = 0,
        long published = 0,
        params IReadOnlyList<EventSizeView> sizes
    ) => new(name, Problem: null, requests, requests, cpu, published, published, CacheBytes: 1 << 20, sizes);

    private static SubscriptionLoadView Read(string subscriber, string source, long applied = 0, double age = 0) =>
        new(subscriber, source, applied, age);

    private static SubscriptionView Boundary((string Subscriber, string Source) boundary) =>
        new(boundary.Subscriber, boundary.Source, SubscriptionState.Running, Position: 1, Lag: 3, 0, 0, FillsUntil: null, Error: null);

    private static ModuleView Module(string name, string? process) =>
        new(
            name,
            "A module.",
            ModuleState.Running,
            Reason: null,
            Cure: null,
            $"{name}.db",
            Rebuildable: false,
            ReadCopies: [],
            Publishes: [],
            ListensTo: ["a.x"],
            Events: 0,
            Notices: [],
            FileBytes: 0,
            WalBytes: 0,
            WalLimit: 0,
            WalHoldsErased: false,
            OwnsData: true,
            process
        );
}
