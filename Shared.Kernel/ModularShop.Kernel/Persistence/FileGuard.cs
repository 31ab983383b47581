namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Notices that a module's file or the write-ahead log beside it is no longer the one that was opened. SQLite would go on
/// writing to what has no name any more, and all that is acknowledged then would be gone with the process. What is
/// overwritten in place and is no shorter than before is not noticed. Safe for concurrent use.
/// </summary>
internal sealed class FileGuard(string file)
{
    private readonly Lock gate = new();
    private readonly string log = $"{file}-wal";
    private FileOnDisk knownFile = FileOnDisk.At(file) ?? default;
    private FileOnDisk knownLog = FileOnDisk.At($"{file}-wal") ?? default;

    /// <summary>What happened to the file; null while it is in place.</summary>
    public FileLoss? LookAtFile()
    {
        lock (gate)
        {
            return LossOf(file, ref knownFile);
        }
    }

    /// <summary>What happened to the write-ahead log; null while it is in place.</summary>
    public FileLoss? LookAtLog()
    {
        lock (gate)
        {
            return LossOf(log, ref knownLog);
        }
    }

    private static FileLoss? LossOf(string path, ref FileOnDisk known)
    {
        if (FileOnDisk.At(path) is not { } found)
        {
            return null; // Whether it is gone cannot be told; to be cut off from it for a while is not to lose it.
        }
        if (!found.Exists)
        {
            return FileLoss.Removed;
        }
        if (!found.IsSameAs(known))
        {
            return FileLoss.Replaced;
        }
        if (found.Length < known.Length)
        {
            return FileLoss.Truncated;
        }
        known = found;
        return null;
    }
}

internal enum FileLoss
{
    Removed,
    Replaced,
    Truncated,
}
