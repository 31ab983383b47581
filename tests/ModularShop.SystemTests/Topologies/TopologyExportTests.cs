namespace ModularShop.SystemTests.Topologies;

internal sealed class TopologyExportTests
{
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TopologyExport.OrdersOut();

    [TearDown]
    public void DeleteDirectory() => topology.Dispose();

    [TestCase("nginx")]
    [TestCase("compose")]
    [TestCase("k8s")]
    [TestCase("systemd")]
    public async Task Each_file_is_named_on_a_line_of_its_own(string format)
    {
        topology.At("http://main:5080", "http://orders:5080");

        var export = await topology.Export(format);

        Assert.That(export.ExitCode, Is.Zero, export.Errors);
        var lines = export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Is.Not.Empty.And.EquivalentTo(Directory.GetFiles(topology.Exported())));
    }

    [Test]
    public async Task An_unknown_format_is_refused_with_those_that_there_are()
    {
        var export = await topology.Export("helm");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain("'nginx'").And.Contain("'compose'").And.Contain("'k8s'").And.Contain("'systemd'"));
        Assert.That(Directory.Exists(topology.Exported()), Is.False);
    }

    [Test]
    public async Task A_wrong_topology_is_refused_with_the_reason_and_nothing_is_written()
    {
        topology.Write(
            new { version = 1, processes = new { main = new { address = "http://localhost:5080", modules = new[] { "order" } } } }
        );

        var export = await topology.Export("nginx");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain("processes.main.modules: There is no module 'order'. Did you mean orders?"));
        Assert.That(Directory.Exists(topology.Exported()), Is.False);
    }

    [Test]
    public async Task A_directory_that_is_not_empty_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(topology.Exported());
        await File.WriteAllTextAsync(topology.Exported("mine"), "");

        var export = await topology.Export("nginx");

        Assert.That(export.ExitCode, Is.EqualTo(1));
        Assert.That(export.Errors, Does.Contain($"{topology.Exported()} is not empty"));
        Assert.That(Directory.GetFiles(topology.Exported()), Is.EqualTo([topology.Exported("mine")]));
    }

    [Test]
    public async Task A_file_in_the_place_of_the_directory_is_refused()
    {
        await File.WriteAllTextAsync(topology.Exported(), "");

        var export = await topology.Export("nginx");

        Assert.That(export.ExitCode, Is.EqualTo(1));
        Assert.That(export.Errors, Does.Contain("is a file; a new or empty directory is expected."));
    }

    [Test]
    public async Task A_relative_path_of_the_executable_is_refused()
    {
        var export = await topology.Export("systemd", "--executable", "modularshop");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain("--executable takes a full path"));
        Assert.That(Directory.Exists(topology.Exported()), Is.False);
    }
}
