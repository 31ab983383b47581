using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Testing;

/// <summary>
/// A topology file with processes on free ports, each with a data directory of its own. The processes are applications in the process of
/// the test, which know of each other only by HTTP.
/// </summary>
public sealed class TestTopology : IDisposable
{
    private readonly IReadOnlyList<ModuleSource> sources;

    private TestTopology(IReadOnlyList<ModuleSource> sources, string directory)
    {
        this.sources = sources;
        Directory = directory;
        File = new TopologyFile(Path.Combine(directory, "topology.json"), [.. sources.Select(source => source.Descriptor.Name)]);
    }

    /// <summary>The directory of the topology file, the secret and the data directories.</summary>
    public string Directory { get; }

    public TopologyFile File { get; }

    /// <summary>The secret that the processes share. Available when one of them has started.</summary>
    public string Secret => System.IO.File.ReadAllText(File.Read().SecretFile).Trim();

    public static TestTopology Of(IReadOnlyList<Module> modules, params IReadOnlyList<(string Process, string[] Modules)> processes) =>
        Of([.. modules.Select(module => ModuleSource.Of(() => module))], processes);

    /// <param name="modules">All modules of the shop.</param>
    /// <param name="processes">The names of the processes, and of the modules that each hosts.</param>
    public static TestTopology Of(IReadOnlyList<ModuleSource> modules, params IReadOnlyList<(string Process, string[] Modules)> processes)
    {
        var topology = new TestTopology(modules, TestApplication.NewDirectory());
        var ports = FreePorts(processes.Count);
        topology.Write(
            new
            {
                version = 1,
                processes = processes
                    .Select((each, index) => (each.Process, Port: ports[index], each.Modules))
                    .ToDictionary(
                        each => each.Process,
                        each => new
                        {
                            address = $"http://127.0.0.1:{each.Port}",
                            data = each.Process,
                            modules = each.Modules,
                        }
                    ),
            }
        );
        return topology;
    }

    public void Write(object content) => System.IO.File.WriteAllText(File.Path, JsonSerializer.Serialize(content));

    public Uri AddressOf(string process) => File.ReadProcess(process).Address;

    public string DataOf(string process) => File.ReadProcess(process).Data!;

    /// <summary>Starts one of the processes.</summary>
    /// <inheritdoc cref="TestApplication.Start(IReadOnlyList{ModuleSource}, string, IReadOnlyDictionary{string, string}, Action{ModuleDescriptor, IServiceCollection}, TimeProvider, Action{WebApplication})"/>
    public Task<TestApplication> Start(
        string process,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<ModuleDescriptor, IServiceCollection>? configureServices = null,
        Action<WebApplication>? configureRoot = null
    )
    {
        var placed = File.ReadProcess(process);
        var options = new ModularApplicationOptions
        {
            Modules = sources,
            Topology = File,
            Process = process,
            DataDirectory = placed.Data!,
            Urls = placed.Address.ToString(),
            ConfigureServices = configureServices,
            ConfigureRoot = configureRoot,
        };
        return TestApplication.Start(options, settings, ownsDirectory: false);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    // Below the ports that the system gives to outgoing connections: a process that restarts needs its port again.
    public static IReadOnlyList<int> FreePorts(int count)
    {
        const int First = 20_000;
        const int Last = 32_000;
        var found = new List<int>();
        while (found.Count < count)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                found.Add(port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one is tried.
            }
        }
        return found;
    }
}
