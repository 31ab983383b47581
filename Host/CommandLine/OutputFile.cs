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

    /// <exception cref="CommandFailedException">There is no such directory, or nothing may be written there.</exception>
    public static OutputFile Create(string path)
    {
        try
        {
            // A link stays one, and the file that it leads to is written.
            var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) : null;
            var full = target?.FullName ?? Path.GetFullPath(path);
            var directory = Path.GetDirectoryName(full) ?? "";
            if (Directory.Exists(full) || IsDevice(full))
            {
                throw new CommandFailedException($"Cannot write {path}: it is not an ordinary file.");
            }
            return new OutputFile(full, Path.Combine(directory, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}"));
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

    // A file moved to /dev/null would take its place for every other program.
    private static bool IsDevice(string path) => path.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(path);
}
