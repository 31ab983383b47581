namespace ModularShop.Kernel.Storage;

/// <summary>
/// Notices that a module's file or the write-ahead log beside it is no longer the one that was opened. SQLite would go on
/// writing to what has no name any more, and all that is acknowledged then would be gone with the process. What is
/// overwritten in place and is no shorter than before is not noticed. A file that became shorter is not lost by that: SQLite
/// itself cuts it off after a VACUUM, and its log at a checkpoint, also for another program. Safe for concurrent use.
/// </summary>
internal sealed class FileGuard(string file)
{
    private readonly Lock gate = new();
    private readonly string log = $"{file}-wal";
    private FileOnDisk knownFile = FileOnDisk.At(file) ?? default;
    private FileOnDisk knownLog = FileOnDisk.At($"{file}-wal") ?? default;

    /// <summary>How long the write-ahead log was when it was last looked at.</summary>
    public long LogLength
    {
        get
        {
            lock (gate)
            {
                return knownLog.Length;
            }
        }
    }

    /// <summary>To be called before the log is emptied, so that it may be shorter afterwards.</summary>
    public void ExpectShorterLog()
    {
        lock (gate)
        {
            knownLog = knownLog with { Length = 0 };
        }
    }

    /// <summary>What happened to the file; null while it is in place.</summary>
    /// <param name="ask">Asked, with the length, when the file is shorter than before.</param>
    public FileLoss? LookAtFile(Func<long, Wholeness> ask)
    {
        lock (gate)
        {
            return LossOf(file, ref knownFile, ask);
        }
    }

    /// <summary>What happened to the write-ahead log; null while it is in place.</summary>
    /// <param name="ask">Asked, with the length, when the log is shorter than before.</param>
    public FileLoss? LookAtLog(Func<long, Wholeness> ask)
    {
        lock (gate)
        {
            return LossOf(log, ref knownLog, ask);
        }
    }

    private static FileLoss? LossOf(string path, ref FileOnDisk known, Func<long, Wholeness> ask)
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
        var whole = found.Length < known.Length ? ask(found.Length) : Wholeness.Whole;
        if (whole == Wholeness.Whole)
        {
            // The length from before the question: a file that is cut off meanwhile is then found shorter the next time.
            known = found;
        }
        return whole switch
        {
            Wholeness.CutOff => FileLoss.Truncated,
            Wholeness.SetBack => FileLoss.SetBack,
            _ => null,
        };
    }
}

internal enum FileLoss
{
    Removed,
    Replaced,
    Truncated,
    SetBack,
}

/// <summary>What can be said of a file or log that is shorter than before.</summary>
internal enum Wholeness
{
    /// <summary>SQLite made it shorter, and all that was committed is there.</summary>
    Whole,

    /// <summary>It cannot be told now, as where another program has locked the file. It is asked again.</summary>
    Unknown,

    CutOff,

    /// <summary>It is whole, but of an earlier time.</summary>
    SetBack,
}
