using System.Diagnostics;
using ModularShop.Host.CommandLine;

namespace ModularShop.SystemTests.Topologies;

internal sealed class SystemdTests
{
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TopologyExport.OrdersOut();

    [TearDown]
    public void DeleteDirectory() => topology.Dispose();

    [Test]
    public async Task Systemd_takes_a_unit_for_each_process()
    {
        var files = await topology.Files("systemd", "--executable", ShopProcess.Executable);

        Assert.That(
            files.Keys,
            Is.EquivalentTo([
                "modularshop-main.service",
                "modularshop-orders.service",
                "modularshop.sysusers.conf",
                "modularshop.tmpfiles.conf",
            ])
        );
        await AssertIsTaken("modularshop-main.service");
        await AssertIsTaken("modularshop-orders.service");
        var (exitCode, said) = await Run("systemd-sysusers", "--dry-run", topology.Exported("modularshop.sysusers.conf"));
        Assert.That(exitCode, Is.Zero, said);
    }

    [Test]
    public async Task A_unit_starts_its_process_of_the_topology()
    {
        var unit = (await topology.Files("systemd", "--executable", "/usr/local/bin/modularshop"))["modularshop-orders.service"];
        var start = unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        var words = start.Split(' ').Select(word => word.Trim('"')).ToArray();

        Assert.That(
            words,
            Is.EqualTo([
                "/usr/local/bin/modularshop",
                "run",
                "--topology",
                topology.File.Path,
                "--as",
                "orders",
                "--data",
                topology.DataOf("orders"),
            ])
        );
        Assert.That(ModularShopCommand.Create().Parse(words[1..]).Errors, Is.Empty);
        // Everything else is read-only.
        Assert.That(unit, Does.Contain($"\nReadWritePaths=\"{topology.DataOf("orders")}\" \"{topology.Directory}\"\n"));
        Assert.That(
            unit,
            Does.Contain("\nProtectSystem=strict\n").And.Contain("\nKillSignal=SIGTERM\n").And.Contain("\nRestart=on-failure\n")
        );
    }

    [Test]
    public async Task A_process_with_a_port_below_1024_may_bind_it()
    {
        topology.At("http://localhost:80", "http://localhost:5081");

        var files = await topology.Files("systemd", "--executable", ShopProcess.Executable);

        Assert.That(files["modularshop-main.service"], Does.Contain("\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n"));
        Assert.That(files["modularshop-orders.service"], Does.Contain("\nCapabilityBoundingSet=\n"));
        await AssertIsTaken("modularshop-main.service");
    }

    [Test]
    public async Task Paths_with_characters_that_mean_something_to_systemd_stay_as_they_are()
    {
        // systemd checks that the program exists, after it has replaced what it replaces.
        var programs = Directory.CreateDirectory(Path.Combine(topology.Directory, "100 %n $HOME")).FullName;
        var executable = Path.Combine(programs, "modularshop");
        File.CreateSymbolicLink(executable, ShopProcess.Executable);
        var directory = Directory.CreateDirectory(Path.Combine(topology.Directory, "100 %n $HOME \"it's\" \\x")).FullName;
        File.Copy(topology.File.Path, Path.Combine(directory, "topology.json"));

        var export = await topology.Export("systemd", "--topology", Path.Combine(directory, "topology.json"), "--executable", executable);

        Assert.That(export.ExitCode, Is.Zero, export.Errors);
        Assert.That(
            await File.ReadAllTextAsync(topology.Exported("modularshop-orders.service")),
            Does.Contain($"--topology \"{topology.Directory}/100 %%n $$HOME \\\"it's\\\" \\\\x/topology.json\" --as orders")
        );
        await AssertIsTaken("modularshop-orders.service");
    }

    [Test]
    public async Task A_program_that_systemd_could_not_start_is_refused()
    {
        var export = await topology.Export("systemd", "--executable", "/opt/it's/modularshop");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain("systemd starts no program"));
    }

    private async Task AssertIsTaken(string unit)
    {
        var (exitCode, said) = await Run("systemd-analyze", "verify", "--man=no", topology.Exported(unit));

        // Problems of the machine's other units are ignored.
        Assert.That(said.Split('\n').Where(line => line.Contains("modularshop", StringComparison.Ordinal)), Is.Empty);
        Assert.That(exitCode, Is.Zero, said);
    }

    private static async Task<(int ExitCode, string Said)> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
