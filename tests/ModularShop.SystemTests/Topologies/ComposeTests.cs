using System.Diagnostics;
using YamlDotNet.Serialization;

namespace ModularShop.SystemTests.Topologies;

internal sealed class ComposeTests
{
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TopologyExport.OrdersOut();

    [TearDown]
    public void DeleteDirectory() => topology.Dispose();

    [Test]
    public async Task Processes_on_loopback_addresses_share_the_network_of_the_machine()
    {
        var file = await topology.Files("compose");

        await AssertIsTaken();
        var services = Services(file["compose.yaml"]);
        Assert.That(services.Keys, Is.EquivalentTo(["init_topology", "main", "orders"]));
        foreach (var process in new[] { "main", "orders" })
        {
            Assert.That(services[process], Does.ContainKey("network_mode").WithValue("host"));
            Assert.That(services[process], Does.Not.ContainKey("ports").And.Not.ContainKey("networks"));
        }
        var exported = TopologyExport.Read(topology.Exported("topology.json"));
        Assert.That(
            exported.Processes.Select(each => each.Address),
            Is.EqualTo(topology.File.Read().Processes.Select(each => each.Address))
        );
        Assert.That(exported.Processes.Select(each => each.Listen), Is.All.Null);
    }

    [Test]
    public async Task Others_are_reached_by_the_host_of_their_address_and_the_first_is_published()
    {
        topology.At("http://shop:5080", "http://ordering:5081");

        var file = await topology.Files("compose");

        await AssertIsTaken();
        var services = Services(file["compose.yaml"]);
        Assert.That(AliasesOf(services["main"]), Is.EqualTo(["shop"]));
        Assert.That(AliasesOf(services["orders"]), Is.EqualTo(["ordering"]));
        Assert.That(services["main"]["ports"], Is.EqualTo(["127.0.0.1:5080:5080"]));
        Assert.That(services["orders"], Does.Not.ContainKey("ports"));
        var exported = TopologyExport.Read(topology.Exported("topology.json"));
        Assert.That(exported.Processes.Select(each => each.Listen), Is.EqualTo(["http://*:5080", "http://*:5081"]));
        Assert.That(exported.HostOf("orders")!.Name, Is.EqualTo("orders"));
    }

    [Test]
    public async Task Each_service_runs_its_process_on_volumes_that_it_can_write()
    {
        var services = Services((await topology.Files("compose"))["compose.yaml"]);

        Assert.That(services["orders"]["command"], Is.EqualTo(["run", "--topology", "/topology/topology.json", "--as", "orders"]));
        Assert.That(services["orders"]["volumes"], Is.EqualTo(["data_orders:/data", "topology:/topology"]));
        Assert.That(services["main"]["volumes"], Is.EqualTo(["data_main:/data", "topology:/topology"]));
        var exported = TopologyExport.Read(topology.Exported("topology.json"));
        Assert.That(exported.Processes.Select(each => each.Data), Is.All.StartsWith("/data/"));
        Assert.That(Path.GetDirectoryName(exported.SecretFile), Is.EqualTo(topology.Exported()));
    }

    [Test]
    public async Task The_health_check_asks_for_the_process_alone()
    {
        var compose = (await topology.Files("compose"))["compose.yaml"];
        var test = Strings(Map(Services(compose)["main"]["healthcheck"])["test"]);
        // As Compose does.
        var command = test[1..].Select(word => word.Replace("$$", "$", StringComparison.Ordinal)).ToList();
        Assert.That(test[0], Is.EqualTo("CMD"));

        // Orders does not run: /health/ready without ?here would answer 503.
        await using (await topology.Start("main"))
        {
            var (exitCode, said) = await Run(command[0], [.. command[1..]]);
            Assert.That(exitCode, Is.Zero, said);
            Assert.That(command[^1], Does.Contain("GET /health/ready?here "));
        }
        Assert.That((await Run(command[0], [.. command[1..]])).ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task The_topology_is_copied_once_and_kept_as_moves_have_changed_it()
    {
        var compose = (await topology.Files("compose"))["compose.yaml"];
        var volume = Directory.CreateDirectory(Path.Combine(topology.Directory, "volume")).FullName;
        var script = Strings(Services(compose)["init_topology"]["command"])
            .Single()
            .Replace("$$APP_UID", "$(id -u)", StringComparison.Ordinal)
            .Replace("/exported/", $"{topology.Exported()}/", StringComparison.Ordinal)
            .Replace("/topology/", $"{volume}/", StringComparison.Ordinal)
            .Replace(" /topology ", $" {volume} ", StringComparison.Ordinal);
        var copy = Path.Combine(volume, "topology.json");

        var (exitCode, said) = await Run("sh", "-c", script);

        Assert.That(exitCode, Is.Zero, said);
        Assert.That(await File.ReadAllTextAsync(copy), Is.EqualTo(await File.ReadAllTextAsync(topology.Exported("topology.json"))));
        await File.WriteAllTextAsync(copy, "moved");
        Assert.That((await Run("sh", "-c", script)).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(copy), Is.EqualTo("moved"));
    }

    [Test]
    public async Task An_image_is_named_as_it_was_given()
    {
        const string image = "registry.example:5000/shop/modular$hop:1.0";

        var services = Services((await topology.Files("compose", "--image", image))["compose.yaml"]);

        await AssertIsTaken();
        Assert.That(services["main"]["image"], Is.EqualTo(image.Replace("$", "$$", StringComparison.Ordinal)));
        Assert.That(services["init_topology"]["image"], Is.EqualTo(services["main"]["image"]));
    }

    [TestCase("http://shop:5080", "http://10.0.0.7:5080", "orders.address: Compose reaches a container by a name of its own")]
    [TestCase("http://shop:5080", "http://localhost:5080", "orders.address: Compose reaches a container by a name of its own")]
    [TestCase("http://shop:5080", "http://shop:5081", "orders.address: main has the same host name")]
    [TestCase("http://shop:5080", "https://orders:5081", "orders.address: The process itself serves http only")]
    [TestCase("http://localhost:5080", "https://localhost:5081", "orders.address: The process itself serves http only")]
    public async Task An_address_at_which_no_container_could_be_is_refused(string main, string orders, string reason)
    {
        topology.At(main, orders);

        var export = await topology.Export("compose");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain(reason));
        Assert.That(Directory.Exists(topology.Exported()), Is.False);
    }

    // Checks the file by the published schema, and more.
    private async Task AssertIsTaken()
    {
        var (exitCode, said) = await Run("docker-compose", "--file", topology.Exported("compose.yaml"), "config", "--quiet");
        Assert.That(exitCode, Is.Zero, said);
        Assert.That(said, Is.Empty);
    }

    private static Dictionary<string, Dictionary<string, object>> Services(string compose) =>
        Map(new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(compose)["services"])
            .ToDictionary(service => service.Key, service => Map(service.Value));

    private static Dictionary<string, object> Map(object node) =>
        ((IDictionary<object, object>)node).ToDictionary(each => (string)each.Key, each => each.Value);

    private static List<string> Strings(object node) => [.. ((IEnumerable<object>)node).Cast<string>()];

    private static List<string> AliasesOf(Dictionary<string, object> service) =>
        Strings(Map(Map(service["networks"])["default"])["aliases"]);

    private static async Task<(int ExitCode, string Said)> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
