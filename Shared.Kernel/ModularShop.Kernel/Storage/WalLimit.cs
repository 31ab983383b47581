namespace ModularShop.Kernel.Storage;

/// <summary>
/// Keeps the write-ahead log short. SQLite begins it anew only when no reader needs it any more, and while readers overlap
/// there is always one. When too much of it is in use, the writer therefore waits for the readers between two groups. After an
/// erasure the log is truncated however short it is. Used by the writer's thread; the properties are safe on any thread.
/// </summary>
internal sealed class WalLimit(ModuleDatabase database, WriterOptions options, TimeProvider clock)
{
    // The writer spends at most a tenth of its time on waiting for readers.
    private const int PauseForEachWait = 10;

    // A truncated log has to grow again, which costs time. Between two truncations the log is only begun anew.
    private const int ChecksBetweenTruncations = 10;

    // What was erased before a crash may stand in what the crash left.
    private volatile bool holdsErased = database.HadLog;
    private long lastTry;
    private TimeSpan pause;
    private long lastWait;
    private TimeSpan pauseAfterWait;
    private long? lastTruncation;
    private int? copied;

    /// <summary>Whether what was erased may still stand in it.</summary>
    public bool HoldsErased => holdsErased;

    /// <summary>Whether it is to be emptied.</summary>
    public bool IsExceeded => holdsErased || database.LogLength > options.WalLimit;

    /// <summary>
    /// Something was erased in the transaction that was committed. The log is then emptied at once if no reader is in the way.
    /// After a wait in vain, it costs no further wait until the pause for that is over.
    /// </summary>
    public void MarkErasure()
    {
        holdsErased = true;
        pause = TimeSpan.Zero;
    }

    /// <summary>Empties it when that is due. Takes no longer than <see cref="WriterOptions.WalWait"/> beside the copying.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The disk refused.</exception>
    public void EmptyIfDue()
    {
        if (!IsExceeded || clock.GetElapsedTime(lastTry) < pause || !database.IsInPlace)
        {
            return;
        }
        var truncate =
            holdsErased || lastTruncation is not { } last || clock.GetElapsedTime(last) >= options.StorageCheck * ChecksBetweenTruncations;
        if (truncate || database.LogInUse > options.WalLimit)
        {
            Empty(truncate);
        }
    }

    private void Empty(bool truncate)
    {
        pause = options.StorageCheck;
        lastTry = clock.GetTimestamp();
        var left = database.TryEmptyLog(TimeSpan.Zero, truncate);
        // The reader that was in the way the last time, and has not gone on since, would be waited for in vain.
        if (left is not null && left != copied && clock.GetElapsedTime(lastWait) >= pauseAfterWait)
        {
            var started = clock.GetTimestamp();
            left = database.TryEmptyLog(options.WalWait, truncate);
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
