namespace ModularShop.Kernel.Processes;

/// <summary>Which process of the shop hosts which modules, and where it is reached. All processes have the same topology.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="SecretFile">The file of the secret by which the processes know each other.</param>
/// <param name="Processes">The processes, in the order of the file.</param>
public sealed record Topology(long Version, string SecretFile, IReadOnlyList<PlacedProcess> Processes)
{
    /// <summary>The process with a name; null when there is none.</summary>
    public PlacedProcess? Find(string process) => Processes.FirstOrDefault(each => each.Name == process);

    /// <summary>The process that hosts a module; null when none does.</summary>
    public PlacedProcess? HostOf(string module) =>
        Processes.FirstOrDefault(process => process.Modules.Contains(module, StringComparer.OrdinalIgnoreCase));

    /// <summary>The next topology, in which another process hosts the module.</summary>
    internal Topology With(string module, string host) =>
        this with
        {
            Version = Version + 1,
            Processes =
            [
                .. Processes.Select(process =>
                    process with
                    {
                        Modules =
                        [
                            .. process.Modules.Where(each => each != module),
                            .. process.Name == host ? [module] : Array.Empty<string>(),
                        ],
                    }
                ),
            ],
        };

    /// <summary>Whether both say the same, apart from the version.</summary>
    internal bool IsSameAs(Topology other) =>
        SecretFile == other.SecretFile
        && Processes
            .Select(process => (process with { Modules = [] }, string.Join(' ', process.Modules)))
            .SequenceEqual(other.Processes.Select(process => (process with { Modules = [] }, string.Join(' ', process.Modules))));
}

/// <summary>One process of a topology.</summary>
/// <param name="Address">Where other processes and clients reach it.</param>
/// <param name="Listen">The addresses that it listens on, separated by semicolons; null to listen on <paramref name="Address"/>.</param>
/// <param name="Data">The directory of its modules' files; null when the command line names it.</param>
/// <param name="Modules">The names of the modules that it hosts.</param>
public sealed record PlacedProcess(string Name, Uri Address, string? Listen, string? Data, IReadOnlyList<string> Modules)
{
    /// <summary>Whether a text is the address of a process: http or https, without a path.</summary>
    public static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Port: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" };

    public override string ToString() => $"'{Name}' at {Address.ToString().TrimEnd('/')}";
}
