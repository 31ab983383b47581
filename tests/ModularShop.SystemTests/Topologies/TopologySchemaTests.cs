using ModularShop.Kernel;
using ModularShop.Kernel.Processes;
using NJsonSchema;

namespace ModularShop.SystemTests.Topologies;

/// <summary><c>docs/topology.schema.json</c> tells editors what the shop takes, as far as a schema can.</summary>
internal sealed class TopologySchemaTests
{
    private const string All = """["catalog", "customers", "orders", "purchase-history"]""";

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase(
        """
            {
              "$schema": "../docs/topology.schema.json", "version": 9223372036854775807, "secretFile": "/run/bus.secret",
              "processes": {
                "a-1": { "address": "HTTPS://shop.example/", "listen": "http://*:8080", "data": "../data", "modules": ALL },
                "b": { "address": "http://[::1]:5081" }
              }
            }
            """
    )]
    public async Task What_the_shop_takes_is_valid(string topology)
    {
        Assert.That(() => Read(topology), Throws.Nothing);
        Assert.That(await Errors(topology), Is.Empty);
    }

    [TestCase("""{ "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 0, "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": "1", "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1.5, "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1 }""")]
    [TestCase("""{ "version": 1, "processes": {} }""")]
    [TestCase("""{ "version": 1, "processes": [] }""")]
    [TestCase("""{ "version": 1, "processes": { "main": null } }""")]
    [TestCase("""{ "version": 1, "processes": { "Main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "1": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "ftp://localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:0", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080/shop", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080?a", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080/#a", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://me@localhost:5080", "modules": ALL } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080", "modules": "orders" } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080", "modules": ["Orders"] } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080", "modules": ["orders", "orders"] } } }""")]
    [TestCase("""{ "version": 1, "processes": { "main": { "address": "http://localhost:5080", "modules": ALL, "url": "" } } }""")]
    [TestCase("""{ "version": 1, "process": {}, "processes": { "main": { "address": "http://localhost:5080", "modules": ALL } } }""")]
    public async Task What_the_shop_refuses_is_not_valid(string topology)
    {
        Assert.That(() => Read(topology), Throws.InstanceOf<InvalidSettingException>());
        Assert.That(await Errors(topology), Is.Not.Empty);
    }

    [TestCase("compose")]
    [TestCase("k8s")]
    public async Task Exported_topologies_are_valid(string format)
    {
        using var topology = TopologyExport.OrdersOut().At("http://shop:5080", "http://orders:5080");
        var files = await topology.Files(format);

        var exported =
            format == "compose"
                ? files["topology.json"]
                : k8s.KubernetesYaml.Deserialize<k8s.Models.V1ConfigMap>(files["topology.yaml"]).Data["topology.json"];

        Assert.That(await Errors(exported), Is.Empty);
    }

    private Topology Read(string topology)
    {
        var path = Path.Combine(directory, "topology.json");
        File.WriteAllText(path, WithModules(topology));
        return TopologyExport.Read(path);
    }

    private static async Task<IEnumerable<string>> Errors(string topology)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(OneFile.Repository, "docs/topology.schema.json"));
        return schema.Validate(WithModules(topology)).Select(error => error.ToString());
    }

    private static string WithModules(string topology) => topology.Replace("ALL", All, StringComparison.Ordinal);
}
