using System.CommandLine;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.Topologies;

/// <summary><c>topology export</c>: writes the routing and the processes of a topology for tools that start processes or route requests.</summary>
internal static class TopologyCommand
{
    private const string DefaultImage = "modularshop";

    private static readonly Dictionary<string, Func<ExportSource, IReadOnlyList<ExportedFile>>> Formats = new()
    {
        ["nginx"] = NginxFormat.Write,
        ["compose"] = ComposeFormat.Write,
        ["k8s"] = KubernetesFormat.Write,
        ["systemd"] = SystemdFormat.Write,
    };

    public static Command Create() => new("topology", "Work with the topology of several processes.") { Export() };

    private static Command Export()
    {
        var format = new Option<string>("--format") { Description = "The tool to write for.", Required = true };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var topology = new Option<string>("--topology")
        {
            Description = "The file that says which process runs which modules, and where.",
            HelpName = "FILE",
            Required = true,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the files go: a new or empty directory.",
            HelpName = "DIR",
            Required = true,
        };
        var executable = new Option<string?>("--executable")
        {
            Description = "systemd: the path of modularshop on the machine where it will run. Default: this program.",
            HelpName = "PATH",
        };
        executable.Validators.Add(result =>
        {
            if (!Path.IsPathFullyQualified(result.GetValueOrDefault<string?>() ?? ""))
            {
                result.AddError("--executable takes a full path, such as /usr/local/bin/modularshop.");
            }
        });
        var image = new Option<string?>("--image")
        {
            Description = $"compose, k8s: the image that docs/Dockerfile makes. Default: {DefaultImage}.",
            HelpName = "IMAGE",
        };
        var command = new Command("export", "Write the same processes and routes for nginx, Docker Compose, Kubernetes or systemd.")
        {
            format,
            topology,
            output,
            executable,
            image,
        };
        command.SetAction(parse =>
        {
            var file = new TopologyFile(parse.GetRequiredValue(topology), [.. ShopModules.Descriptors.Select(module => module.Name)]);
            var source = new ExportSource(
                file.Read(),
                file.Path,
                parse.GetValue(executable) ?? Environment.ProcessPath!,
                parse.GetValue(image) ?? DefaultImage
            );
            source.Check();
            // Everything that can be refused is refused before anything is written.
            var files = Formats[parse.GetRequiredValue(format)](source);
            var directory = NewDirectory(parse.GetRequiredValue(output));
            foreach (var each in files)
            {
                Console.Out.WriteLine(each.WriteTo(directory));
            }
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="CommandFailedException">There is something at the path other than an empty directory.</exception>
    private static string NewDirectory(string path)
    {
        var directory = RealPath.Of(path);
        if (File.Exists(directory))
        {
            throw new CommandFailedException($"{directory} is a file; a new or empty directory is expected.");
        }
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new CommandFailedException($"{directory} is not empty; a new or empty directory is expected.");
        }
        Directory.CreateDirectory(directory);
        return directory;
    }
}
