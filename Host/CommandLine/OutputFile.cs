using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// A file that is there whole or not at all: it is written beside its place and moved there by <see cref="Complete"/>;
/// without that nothing is left of it, and what was there before stays.
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

    /// <param name="path">Where it goes. A link stays one, and the file that it leads to is written.</param>
    /// <param name="data">The data directory that the command acts on, if it is known.</param>
    /// <exception cref="CommandFailedException">There is no such directory, or nothing may be written there.</exception>
    public static OutputFile Create(string path, string? data)
    {
        try
        {
            var full = RealPath.Of(path);
            var isOrdinary =
                !Path.EndsInDirectorySeparator(path) && !Directory.Exists(full) && (!File.Exists(full) || RealPath.IsOrdinaryFile(full));
            // A file that is moved over a pipe or to /dev/null would take its place for every other program.
            if (!isOrdinary)
            {
                throw new CommandFailedException($"Cannot write {path}: it is not an ordinary file.");
            }
            if (KeptFiles.Contain(full, data))
            {
                throw new CommandFailedException($"Cannot write {path}: a shop or a backup lives from {full}.");
            }
            var temporary = $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}";
            return new OutputFile(full, Path.Combine(Path.GetDirectoryName(full)!, temporary));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"Cannot write {path}: {e.Message}");
        }
    }

    /// <summary>Puts the file in its place, on disk.</summary>
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
            // On a full disk the stream fails at what it still has to write.
            File.Delete(temporary);
        }
    }
}
