using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Backups;

/// <summary>The contents of a backup. It is the last file written, so a directory with a manifest is a finished backup.</summary>
/// <param name="Gaps">The files that belong to the backup but could not be copied; null when it is complete.</param>
public sealed record BackupManifest(
    int Format,
    DateTimeOffset TakenAt,
    string Version,
    IReadOnlyList<BackupFile> Files,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<BackupGap>? Gaps = null
)
{
    public const string FileName = "manifest.json";

    // The greater format number keeps older builds, which do not know gaps, from restoring such a backup.
    private const int Complete = 1;
    private const int WithGaps = 2;
    private const int Current = WithGaps;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="BackupException">The directory is not a backup that this build can read.</exception>
    public static BackupManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            throw new BackupException($"{directory} is no complete backup: it has no {FileName}.");
        }
        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), Json);
        }
        catch (JsonException e)
        {
            throw new BackupException($"{path} cannot be read: {e.Message}", e);
        }
        return manifest switch
        {
            { Format: > Current } => throw new BackupException($"{path} was written by a newer build ({manifest.Version}); use that one."),
            // Names must not contain a path that leads out of the directory.
            { Files: { } files } when files.Select(file => file?.Name).Concat(manifest.NamesOfGaps).All(IsName) => manifest,
            _ => throw new BackupException($"{path} is no manifest of a backup."),
        };
    }

    internal static BackupManifest Of(DateTimeOffset takenAt, IReadOnlyList<BackupFile> files, IReadOnlyList<BackupGap> gaps) =>
        new(
            gaps.Count > 0 ? WithGaps : Complete,
            takenAt,
            typeof(BackupManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            files,
            gaps.Count > 0 ? gaps : null
        );

    internal void Write(NewDirectory directory)
    {
        using var file = directory.Create(FileName);
        JsonSerializer.Serialize(file, this, Json);
        file.Flush(flushToDisk: true);
    }

    private IEnumerable<string?> NamesOfGaps => Gaps?.Select(gap => gap?.Name) ?? [];

    private static bool IsName(string? name) => name is { Length: > 0 } && Path.GetFileName(name) == name;
}

/// <summary>A module's file that could not be backed up, and why.</summary>
public sealed record BackupGap(string Name, string Reason)
{
    /// <summary>
    /// Whether it is the file of a module that owns no data. Such a module fills a new file from the events of the other modules.
    /// </summary>
    internal static bool FillsItself(string name, IReadOnlyList<ModuleDescriptor> modules) =>
        modules.Any(module => module.FileName == name && !module.OwnsData);
}

/// <summary>A module's file in a backup: its size and hash, and the positions of its log and its checkpoints.</summary>
public sealed record BackupFile(
    string Name,
    long Size,
    string Sha256,
    string? Epoch,
    long LastPosition,
    IReadOnlyList<BackupCheckpoint> Checkpoints
)
{
    /// <param name="copy">The finished copy of the snapshot.</param>
    /// <exception cref="UnreadableFileException">The snapshot cannot be read.</exception>
    internal static async Task<BackupFile> Of(FileSnapshot snapshot, Stream copy, CancellationToken ct)
    {
        var hash = await Hash(copy, ct);
        try
        {
            var isModules = snapshot.HasKernelTables();
            var log = isModules ? snapshot.Log : null;
            var checkpoints = isModules ? snapshot.Checkpoints() : [];
            return new BackupFile(
                snapshot.Name,
                copy.Length,
                hash,
                log?.Epoch,
                log?.LastPosition ?? 0,
                [.. checkpoints.Select(c => new BackupCheckpoint(c.Source, c.Epoch, c.Position, c.EventId))]
            );
        }
        catch (DbException e)
        {
            throw new UnreadableFileException(snapshot.Name, e.Message, e);
        }
    }

    /// <summary>How the content differs from what was backed up; null when it is identical.</summary>
    internal async Task<string?> Difference(Stream content, CancellationToken ct) =>
        content.Length != Size ? $"It has {content.Length:N0} bytes; {Size:N0} were backed up."
        : await Hash(content, ct) != Sha256 ? "Its content is not what was backed up: its SHA-256 differs from the manifest's."
        : null;

    internal static async Task<string> Hash(Stream content, CancellationToken ct)
    {
        content.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
    }
}

/// <summary>How far a module had read another module's log.</summary>
public sealed record BackupCheckpoint(string Source, string Epoch, long Position, Guid? EventId);

/// <summary>A backup cannot be taken, read or restored. The message says why in one line.</summary>
public class BackupException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>One module's file cannot be read. Other files may be readable.</summary>
public sealed class UnreadableFileException(string name, string reason, Exception? inner = null)
    : BackupException($"{name} cannot be read: {reason}", inner)
{
    public string Reason => reason;
}

/// <summary>The backup lacks files, and restoring it without them was not requested.</summary>
public sealed class IncompleteBackupException(string backup, IReadOnlyList<BackupGap> gaps)
    : BackupException($"{backup} is incomplete: {string.Join(' ', gaps.Select(gap => $"it has no {gap.Name}. {gap.Reason}"))}");
