namespace ModularShop.Kernel.Storage;

/// <summary>
/// Detects that a module's file or its write-ahead log is no longer the one that was opened. SQLite would continue to write to the
/// deleted file, and everything acknowledged after that would be lost when the process ends. An overwrite in place that does not make
/// the file shorter is not detected. A shorter file alone is not a loss: SQLite truncates the file after a VACUUM and the WAL at a
/// checkpoint, also on behalf of other programs. Safe for concurrent use.
/// </summary>
internal sealed class FileGuard(string file)
{
    private readonly Lock gate = new();
    private readonly string wal = $"{file}-wal";
    private FileOnDisk knownFile = FileOnDisk.At(file) ?? default;
    private FileOnDisk knownWal = FileOnDisk.At($"{file}-wal") ?? default;

    /// <summary>The length of the write-ahead log at the last check, in bytes.</summary>
    public long WalLength
    {
        get
        {
            lock (gate)
            {
                return knownWal.Length;
            }
        }
    }

    /// <summary>Must be called before the WAL is emptied, because the WAL may be shorter afterwards.</summary>
    public void ExpectShorterWal()
    {
        lock (gate)
        {
            knownWal = knownWal with { Length = 0 };
        }
    }

    /// <summary>What happened to the file; null while it is in place.</summary>
    /// <param name="ask">Called with the length when the file is shorter than before. Decides whether data is missing.</param>
    public FileLoss? LookAtFile(Func<long, Wholeness> ask)
    {
        lock (gate)
        {
            return LossOf(file, ref knownFile, ask);
        }
    }

    /// <summary>What happened to the write-ahead log; null while it is in place.</summary>
    /// <param name="ask">Called with the length when the WAL is shorter than before. Decides whether data is missing.</param>
    public FileLoss? LookAtWal(Func<long, Wholeness> ask)
    {
        lock (gate)
        {
            return LossOf(wal, ref knownWal, ask);
        }
    }

    private static FileLoss? LossOf(string path, ref FileOnDisk known, Func<long, Wholeness> ask)
    {
        if (FileOnDisk.At(path) is not { } found)
        {
            return null; // The path cannot be read at the moment. That does not mean that the file is gone.
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
            // Remembers the length from before the call: if the file is truncated while it runs, the next check notices it.
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

/// <summary>The state of a file or WAL that is shorter than before.</summary>
internal enum Wholeness
{
    /// <summary>SQLite made it shorter, and all committed data is there.</summary>
    Whole,

    /// <summary>
    /// The state cannot be determined now, for example because another program has locked the file. The next check asks again.
    /// </summary>
    Unknown,

    CutOff,

    /// <summary>The file is intact, but has an earlier state.</summary>
    SetBack,
}
