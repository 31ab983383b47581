using System.Text.Json;
using System.Text.Json.Serialization;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Processes;

/// <summary>The file that contains the topology. It is read, checked and replaced as a whole.</summary>
public sealed class TopologyFile
{
    private const string DefaultSecretFile = "bus.secret";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly IReadOnlyList<string> modules;

    /// <param name="modules">The names of the modules of this build.</param>
    public TopologyFile(string path, IReadOnlyList<string> modules)
    {
        Path = RealPath.Of(path);
        this.modules = modules;
    }

    public string Path { get; }

    // Relative paths in the file start here.
    private string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <exception cref="InvalidSettingException">The file is missing or not valid. The message has a line for each thing that is wrong.</exception>
    public Topology Read() => Of(ReadContent());

    /// <exception cref="InvalidSettingException">The file is missing or not valid, or has no process with this name.</exception>
    public PlacedProcess ReadProcess(string name)
    {
        var topology = Read();
        return topology.Find(name)
            ?? throw new InvalidSettingException(
                $"{Path} has no process '{name}'. The processes are: {string.Join(", ", topology.Processes.Select(process => process.Name))}."
            );
    }

    /// <summary>
    /// Replaces the file by the next topology, in which another process hosts the module. Does nothing if it says so already. Processes
    /// that change the file at the same time wait for each other.
    /// </summary>
    /// <returns>The topology that the file contains now.</returns>
    /// <exception cref="InvalidSettingException">The file is missing or not valid.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal async Task<Topology> Place(string module, string host)
    {
        await using var _ = await Lock();
        var content = ReadContent();
        var current = Of(content);
        return current.HostOf(module)?.Name == host ? current : Replace(content, current.With(module, host));
    }

    /// <summary>
    /// Takes the modules of each process from a newer topology, which another process has sent. Does nothing if the file has this
    /// version or a newer one.
    /// </summary>
    /// <returns>The topology that the file contains now.</returns>
    /// <exception cref="InvalidSettingException">The file is missing or not valid.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal async Task<Topology> Update(Topology newer)
    {
        await using var _ = await Lock();
        var content = ReadContent();
        return content.Version >= newer.Version ? Of(content) : Replace(content, newer);
    }

    private TopologyContent ReadContent()
    {
        try
        {
            var content =
                JsonSerializer.Deserialize<TopologyContent>(File.ReadAllText(Path), Json)
                ?? throw new InvalidSettingException($"{Path}: An object is expected.");
            var problems = TopologyCheck.Problems(content, modules).Select(problem => $"{Path}: {problem}").ToList();
            return problems.Count == 0 ? content : throw new InvalidSettingException(string.Join('\n', problems));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{Path} cannot be read: {e.Message}");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $"line {number + 1}: " : "";
            throw new InvalidSettingException($"{Path}: {line}{e.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0]}");
        }
    }

    private Topology Of(TopologyContent content) =>
        new(
            content.Version!.Value,
            System.IO.Path.Combine(Directory, content.SecretFile ?? DefaultSecretFile),
            [.. content.Processes!.Select(process => ProcessOf(process.Key, process.Value!))]
        );

    private PlacedProcess ProcessOf(string name, TopologyContent.Process content) =>
        new(
            name,
            new Uri(content.Address!),
            content.Listen,
            content.Data is null ? null : System.IO.Path.Combine(Directory, content.Data),
            content.Modules ?? []
        );

    private Topology Replace(TopologyContent content, Topology next)
    {
        var replaced = content.With(next);
        var unfinished = $"{Path}.new";
        using (var file = new FileStream(unfinished, FileMode.Create))
        {
            JsonSerializer.Serialize(file, replaced, Json);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, Path, overwrite: true);
        return Of(replaced);
    }

    // Held for the moment that it takes to replace the file.
    private async Task<FileStream> Lock()
    {
        while (true)
        {
            try
            {
                return OwnerOnly.Open($"{Path}.lock", FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException e) when (FileLocks.IsHeld(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }
        }
    }
}
