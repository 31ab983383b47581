using System.Text;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A small file beside a module's file that contains the epoch of its log and its newest migration. It shows that the module had a file
/// if that is missing, and whether an existing file is the same one.
/// </summary>
internal sealed class LogMark(string moduleFile)
{
    public const string Extension = ".epoch";

    // A longer file is not a mark.
    private const int MaxLength = 1024;

    private readonly string path = Path.ChangeExtension(moduleFile, Extension);

    public string Name => Path.GetFileName(path);

    public bool Exists => File.Exists(path);

    /// <summary>Null when there is no mark, or when its content cannot be read; the mark then only shows that there was a file.</summary>
    public string? Epoch => Line(0);

    public string? Migration => Line(1);

    /// <summary>The paths of the marks in a directory, sorted by name.</summary>
    public static IReadOnlyList<string> PathsIn(string directory) =>
        [.. Directory.GetFiles(directory, $"*{Extension}").Order(StringComparer.Ordinal)];

    /// <summary>Replaces the mark atomically.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public void Write(string epoch, string? migration) => OwnerOnly.Replace(path, Encoding.UTF8.GetBytes($"{epoch}\n{migration}\n"));

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
