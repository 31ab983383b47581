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

    /// <summary>The content with the modules that each process hosts, in another topology.</summary>
    public TopologyContent With(long version, Func<string, IEnumerable<string>> modulesOf) =>
        this with
        {
            Version = version,
            Processes = Processes!.ToDictionary(
                each => each.Key,
                each => (Process?)(each.Value! with { Modules = [.. modulesOf(each.Key)] })
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
