using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>The topology file as containers have it: with the paths and the addresses that are theirs.</summary>
internal static class ContainerTopology
{
    /// <summary>The directory of the modules' files. It is in the volume <c>/data</c>; <c>restore</c> could not replace the volume itself.</summary>
    private const string Data = "/data/shop";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="listen">The addresses that a process listens on; null for its address.</param>
    public static string Write(Topology topology, string secretFile, Func<PlacedProcess, string?> listen)
    {
        var content = new
        {
            topology.Version,
            secretFile,
            Processes = topology.Processes.ToDictionary(
                process => process.Name,
                process => new
                {
                    Address = process.Address.GetLeftPart(UriPartial.Authority),
                    Listen = listen(process),
                    Data,
                    process.Modules,
                }
            ),
        };
        return JsonSerializer.Serialize(content, Json) + "\n";
    }

    /// <summary>Refuses addresses by which a container could not be reached.</summary>
    public static void CheckNames(ExportSource source, string tool)
    {
        foreach (var process in source.Processes)
        {
            if (process.Address.IsLoopback || IPAddress.TryParse(process.Address.Host.Trim('[', ']'), out _))
            {
                throw source.Refused(
                    process,
                    "address",
                    $"{tool} reaches a container by a name of its own, for example http://{process.Name}:5080."
                );
            }
            CheckScheme(source, process);
            if (source.Processes.FirstOrDefault(each => each.Address.Host == process.Address.Host) is { } same && same != process)
            {
                throw source.Refused(process, "address", $"{same.Name} has the same host name, and {tool} needs one for each process.");
            }
        }
    }

    /// <summary>Refuses https, for which something else than the process must be at the address.</summary>
    public static void CheckScheme(ExportSource source, PlacedProcess process)
    {
        if (process.Address.Scheme != Uri.UriSchemeHttp)
        {
            throw source.Refused(
                process,
                "address",
                "The process itself serves http only. What ends TLS in front of it cannot be exported."
            );
        }
    }
}
