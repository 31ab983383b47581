using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// Writes a file atomically: under a temporary name beside its place, to which <see cref="Complete"/> moves it. Without <see
/// cref="Complete"/>, the temporary file is deleted and an existing file is not changed.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string path;
    private readonly string temporary;

    private OutputFile(string path, string temporary)
    {
        this.path = path;
        this.temporary = temporary;
        Stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    public FileStream Stream { get; }

    /// <param name="path">The path of the file. A link is kept, and the file that it leads to is replaced.</param>
    /// <param name="data">The data directory that the command acts on; null when it is not known.</param>
    /// <exception cref="CommandFailedException">The directory does not exist, or the file must not be written.</exception>
    public static OutputFile Create(string path, string? data)
    {
        try
        {
            var full = RealPath.Of(path);
            var isOrdinary =
                !Path.EndsInDirectorySeparator(path) && !Directory.Exists(full) && (!File.Exists(full) || RealPath.IsOrdinaryFile(full));
            // Moving a file over a pipe or /dev/null would replace it for all other programs.
            if (!isOrdinary)
            {
                throw new CommandFailedException($"Cannot write {path}: it is not an ordinary file.");
            }
            if (KeptFiles.Contain(full, data))
            {
                throw new CommandFailedException($"Cannot write {path}: {full} belongs to a shop or a backup.");
            }
            var temporary = $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}";
            return new OutputFile(full, Path.Combine(Path.GetDirectoryName(full)!, temporary));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"Cannot write {path}: {e.Message}");
        }
    }

    /// <summary>Flushes the file to disk and moves it to its place.</summary>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(temporary, path, overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            // On a full disk, disposing of the stream fails when it writes its buffer.
            File.Delete(temporary);
        }
    }
}
