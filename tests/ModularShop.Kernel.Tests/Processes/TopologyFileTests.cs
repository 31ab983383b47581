using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>The topology file: what it may contain, and what is said when it is wrong.</summary>
internal sealed class TopologyFileTests
{
    private static readonly string[] Modules = ["customers", "orders", "purchase-history"];

    private readonly string directory = TestApplication.NewDirectory();

    private string FilePath => Path.Combine(directory, "topology.json");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public void It_says_which_process_hosts_which_module_and_where()
    {
        var topology = Read(
            """
            {
                // The second process.
                "$schema": "topology.schema.json",
                "version": 3,
                "processes": {
                    "main": { "address": "http://localhost:5080", "modules": ["customers", "purchase-history"] },
                    "orders": {
                        "address": "https://orders.internal",
                        "listen": "http://*:8080",
                        "data": "data/orders",
                        "modules": ["orders"],
                    },
                },
            }
            """
        );

        Assert.Multiple(() =>
        {
            Assert.That(topology.Version, Is.EqualTo(3));
            Assert.That(topology.HostOf("customers")?.Address, Is.EqualTo(new Uri("http://localhost:5080")));
            Assert.That(topology.HostOf("Orders")?.Name, Is.EqualTo("orders"));
            Assert.That(topology.Find("orders")?.Listen, Is.EqualTo("http://*:8080"));
            Assert.That(topology.Find("orders")?.Data, Is.EqualTo(Path.Combine(directory, "data/orders")));
            Assert.That(topology.SecretFile, Is.EqualTo(Path.Combine(directory, "bus.secret")));
        });
    }

    [TestCase("{", "line 1")]
    [TestCase("null", "An object is expected")]
    [TestCase("""{ "version": 1, "proceses": {} }""", "proceses")]
    [TestCase("""{ "version": 0, "processes": { "main": { "address": "http://a", "modules": [] } } }""", "version: A number from 1 on")]
    [TestCase("""{ "version": 1 }""", "processes: At least one process is expected")]
    [TestCase("""{ "version": 1, "processes": { "main": null } }""", "processes.main: An object is expected")]
    [TestCase("""{ "version": 1, "processes": { "Main": { "address": "http://a" } } }""", "processes.Main: A name has lower-case letters")]
    [TestCase("""{ "version": 1, "processes": { "main": {} } }""", "processes.main.address: An address without a path is expected")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "ftp://a" } } }""", "processes.main.address: An address")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://a/b" } } }""", "processes.main.address: An address")]
    [TestCase(
        """{ "version": 1, "processes": { "a": { "address": "http://a" }, "b": { "address": "http://a:80/" } } }""",
        "processes.b.address: a has the same address"
    )]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://a", "modules": ["order"] } } }""", "Did you mean orders?")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://a" } } }""", "No process hosts 'orders'")]
    [TestCase(
        """{ "version": 1, "processes": { "a": { "address": "http://a", "modules": ["orders"] }, "b": { "address": "http://b", "modules": ["orders"] } } }""",
        "processes.b.modules: a has 'orders' already"
    )]
    public void What_is_wrong_is_said_with_the_name_of_the_file(string text, string expected) =>
        Assert.That(
            () => Read(text),
            Throws.TypeOf<InvalidSettingException>().With.Message.StartsWith(FilePath).And.Message.Contains(expected)
        );

    [Test]
    public void Everything_that_is_wrong_is_said_at_once() =>
        Assert.That(
            () => Read("""{ "processes": { "main": { "address": "nowhere", "modules": ["orders", "shop"] } } }"""),
            Throws.TypeOf<InvalidSettingException>().With.Message.Matches("(?s)version.*address.*shop.*customers.*purchase-history")
        );

    [Test]
    public void A_missing_file_and_a_missing_process_are_named()
    {
        Assert.That(() => File().Read(), Throws.TypeOf<InvalidSettingException>().With.Message.Contains(FilePath));
        Write(Valid);
        Assert.That(
            () => File().ReadProcess("orders2"),
            Throws.TypeOf<InvalidSettingException>().With.Message.Contains("no process 'orders2'").And.Message.Contains("main, orders")
        );
    }

    [Test]
    public async Task Placing_a_module_elsewhere_replaces_the_file_by_the_next_version()
    {
        Write(Valid);

        var placed = await File().Place("orders", "main");
        var again = await File().Place("orders", "main");

        Assert.Multiple(() =>
        {
            Assert.That(placed.HostOf("orders")?.Name, Is.EqualTo("main"));
            Assert.That(File().Read().IsSameAs(placed));
            Assert.That((placed.Version, again.Version), Is.EqualTo((2, 2)));
            Assert.That(placed.Find("orders")?.Data, Is.EqualTo(Path.Combine(directory, "data")));
            Assert.That(System.IO.File.ReadAllText(FilePath), Does.Contain("\"data\": \"data\"").And.Contain("topology.schema.json"));
        });
    }

    [Test]
    public async Task An_older_topology_of_another_process_is_ignored_and_a_newer_one_is_taken()
    {
        Write(Valid);
        var placed = await File().Place("orders", "main");
        Write(Valid);

        await File().Update(placed);
        var older = await File().Update(placed with { Version = 1, Processes = [] });

        Assert.That(File().Read().HostOf("orders")?.Name, Is.EqualTo("main"));
        Assert.That(older.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Modules_that_are_placed_at_the_same_time_are_all_placed()
    {
        Write(Valid);

        await Task.WhenAll(Modules.Select(module => Task.Run(() => File().Place(module, "orders"))));

        Assert.That(File().Read().Find("orders")?.Modules, Is.EquivalentTo(Modules));
    }

    private const string Valid = """
        {
            "$schema": "topology.schema.json",
            "version": 1,
            "processes": {
                "main": { "address": "http://localhost:5080", "modules": ["customers", "purchase-history"] },
                "orders": { "address": "http://localhost:5081", "data": "data", "modules": ["orders"] }
            }
        }
        """;

    private TopologyFile File() => new(FilePath, Modules);

    private Topology Read(string text)
    {
        Write(text);
        return File().Read();
    }

    private void Write(string text) => System.IO.File.WriteAllText(FilePath, text);
}
