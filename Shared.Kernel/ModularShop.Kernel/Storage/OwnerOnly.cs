namespace ModularShop.Kernel.Storage;

/// <summary>Creates files and directories that only their owner can read. On Windows they inherit their permissions.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the directory and missing parent directories. An existing directory keeps its mode.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, File | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Replaces a file atomically. Its content is on disk when this returns.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{path}.new";
        Write(unfinished, FileMode.Create, content);
        System.IO.File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>
    /// Creates a file atomically. Several processes may do so at the same time: the first file that is in place stays. Does nothing if
    /// there is one.
    /// </summary>
    public static void CreateOnce(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{path}.new-{Guid.CreateVersion7():N}";
        try
        {
            Write(unfinished, FileMode.CreateNew, content);
            System.IO.File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (System.IO.File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            System.IO.File.Delete(unfinished);
        }
    }

    public static FileStream Open(string path, FileMode mode, FileShare share = FileShare.Read, FileAccess access = FileAccess.ReadWrite)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File;
        }
        return new FileStream(path, options);
    }

    private static void Write(string path, FileMode mode, ReadOnlySpan<byte> content)
    {
        using var file = Open(path, mode);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
