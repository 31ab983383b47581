using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Processes;

/// <summary>What a topology file contains, before it is checked.</summary>
internal sealed record TopologyContent
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public long? Version { get; init; }

    public string? SecretFile { get; init; }

    public IReadOnlyDictionary<string, Process?>? Processes { get; init; }

    /// <summary>The content with the version of another topology, and the modules that each process hosts there.</summary>
    public TopologyContent With(Topology topology) =>
        this with
        {
            Version = topology.Version,
            Processes = Processes!.ToDictionary(
                each => each.Key,
                each => (Process?)(each.Value! with { Modules = topology.Find(each.Key)?.Modules ?? [] })
            ),
        };

    internal sealed record Process
    {
        public string? Address { get; init; }

        public string? Listen { get; init; }

        public string? Data { get; init; }

        public IReadOnlyList<string>? Modules { get; init; }
    }
}
