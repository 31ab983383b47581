namespace ModularShop.Kernel.Storage;

/// <summary>
/// Limits the length of the write-ahead log. SQLite reuses the WAL from its start only when no reader needs it, and with overlapping
/// readers that never happens. When too much of the WAL is in use, the writer therefore waits for the readers between two groups. After
/// an erasure the WAL is truncated, whatever its length. Used by the thread that has the writer's turn; the properties are safe on any
/// thread.
/// </summary>
internal sealed class WalLimit(ModuleDatabase database, WriterOptions options, TimeProvider clock)
{
    // The writer spends at most a tenth of its time waiting for readers.
    private const int PauseForEachWait = 10;

    // A truncated WAL has to grow again, which takes time. Between two truncations the WAL is only restarted.
    private const int ChecksBetweenTruncations = 10;

    // The WAL that a crash left may contain data that was erased before the crash.
    private volatile bool holdsErased = database.HadWal;
    private long lastTry;
    private TimeSpan pause;
    private long lastWait;
    private TimeSpan pauseAfterWait;
    private long? lastTruncation;
    private int? copied;

    /// <summary>Whether the WAL may still contain erased data.</summary>
    public bool HoldsErased => holdsErased;

    /// <summary>Whether the WAL should be emptied.</summary>
    public bool IsExceeded => holdsErased || database.WalLength > options.WalLimit;

    /// <summary>
    /// Records that the committed transaction erased something. The WAL is then emptied at once if no reader uses it. After a wait
    /// without success, the writer does not wait again until the pause for that is over.
    /// </summary>
    public void MarkErasure()
    {
        holdsErased = true;
        pause = TimeSpan.Zero;
    }

    /// <summary>Empties the WAL when that is due. Apart from the copying, it takes at most <see cref="WriterOptions.WalWait"/>.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The disk returned an error.</exception>
    public void EmptyIfDue()
    {
        // A copy needs the WAL until it ends: a wait would be in vain, and requests would wait too.
        if (!IsExceeded || clock.GetElapsedTime(lastTry) < pause || database.IsBeingCopied || !database.IsInPlace)
        {
            return;
        }
        var truncate =
            holdsErased || lastTruncation is not { } last || clock.GetElapsedTime(last) >= options.StorageCheck * ChecksBetweenTruncations;
        if (truncate || database.WalInUse > options.WalLimit)
        {
            Empty(truncate);
        }
    }

    private void Empty(bool truncate)
    {
        pause = options.StorageCheck;
        lastTry = clock.GetTimestamp();
        var left = database.TryEmptyWal(TimeSpan.Zero, truncate);
        // If the same number of frames could be copied as last time, the same reader still blocks the WAL, and waiting again would not
        // help.
        if (left is not null && left != copied && clock.GetElapsedTime(lastWait) >= pauseAfterWait)
        {
            var started = clock.GetTimestamp();
            left = database.TryEmptyWal(options.WalWait, truncate);
            lastTry = lastWait = clock.GetTimestamp();
            pauseAfterWait = clock.GetElapsedTime(started, lastWait) * PauseForEachWait;
            copied = left;
        }
        if (left is not null)
        {
            return;
        }
        copied = null;
        pause = pauseAfterWait = TimeSpan.Zero;
        if (truncate)
        {
            holdsErased = false;
            lastTruncation = lastTry;
        }
    }
}
