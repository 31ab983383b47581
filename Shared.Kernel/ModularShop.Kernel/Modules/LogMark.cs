using System.Text;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A small file beside a module's file that keeps the epoch of its log and the newest of its migrations. It tells that there was
/// a file when that is gone, and whether a file that is there is the same one.
/// </summary>
internal sealed class LogMark(string moduleFile)
{
    public const string Extension = ".epoch";

    // A longer file is not a mark.
    private const int MaxLength = 1024;

    private readonly string path = Path.ChangeExtension(moduleFile, Extension);

    public string Name => Path.GetFileName(path);

    public bool Exists => File.Exists(path);

    /// <summary>Null when there is no mark, or it cannot be read: then it is known only that there was a file.</summary>
    public string? Epoch => Line(0);

    public string? Migration => Line(1);

    /// <summary>The paths of a directory's marks, by name.</summary>
    public static IReadOnlyList<string> PathsIn(string directory) =>
        [.. Directory.GetFiles(directory, $"*{Extension}").Order(StringComparer.Ordinal)];

    /// <summary>Replaces the mark as a whole.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write(string epoch, string? migration)
    {
        var unfinished = $"{path}.new";
        using (var file = OwnerOnly.Open(unfinished, FileMode.Create))
        {
            file.Write(Encoding.UTF8.GetBytes($"{epoch}\n{migration}\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    private string? Line(int number)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: < MaxLength }
                ? File.ReadLines(path).ElementAtOrDefault(number)?.Trim() is { Length: > 0 } line
                    ? line
                    : null
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
