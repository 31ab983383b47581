using System.Text.RegularExpressions;
using ModularShop.Kernel;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>What an export is made from.</summary>
/// <param name="File">The path of the topology file.</param>
/// <param name="Executable">The path of <c>modularshop</c>, for formats that start processes.</param>
/// <param name="Image">The name of the image, for formats that start containers.</param>
internal sealed partial record ExportSource(Topology Topology, string File, string Executable, string Image)
{
    public IReadOnlyList<PlacedProcess> Processes => Topology.Processes;

    /// <summary>The process that answers for everything that is not below the name of a module.</summary>
    public PlacedProcess First => Topology.Processes[0];

    /// <summary>Refuses values that no format could write down as they are.</summary>
    /// <exception cref="InvalidSettingException">There is one.</exception>
    public void Check()
    {
        foreach (var process in Processes.Where(process => process.Address.HostNameType is not UriHostNameType.IPv6))
        {
            if (!HostName().IsMatch(process.Address.IdnHost))
            {
                throw Refused(process, "address", $"'{process.Address.Host}' is not a host name of letters, digits, dots and hyphens.");
            }
        }
        if (Values().FirstOrDefault(value => value.Any(char.IsControl)) is not null)
        {
            throw new InvalidSettingException($"{File}: A path or name contains a control character, such as a line break.");
        }
    }

    /// <summary>A process that the format cannot express.</summary>
    public InvalidSettingException Refused(PlacedProcess process, string property, string reason) =>
        new($"{File}: processes.{process.Name}.{property}: {reason}");

    private IEnumerable<string> Values() =>
        [
            File,
            Executable,
            Image,
            Topology.SecretFile,
            .. Processes.SelectMany(process => new[] { process.Data, process.Listen }).OfType<string>(),
        ];

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    private static partial Regex HostName();
}
