namespace ModularShop.Kernel.Events;

/// <summary>
/// How far a log was read. A reader passes it with each read, so that a log that was replaced, or was set back and has grown again, is
/// detected.
/// </summary>
/// <param name="Epoch">Identifies the log. A log that was created anew has another epoch.</param>
/// <param name="Position">The position of the last event that was read; 0 before the first.</param>
/// <param name="EventId">The id of that event; null before the first.</param>
internal readonly record struct LogPlace(string Epoch, long Position, Guid? EventId)
{
    /// <summary>Why the place is not in the log, and what to do; null when it is in the log.</summary>
    public string? Mismatch(ILogIdentity log) =>
        Epoch != log.Epoch
            ? $"The log of '{log.Source}' is another one than the one read so far: its file was replaced. {PutBackOrRebuild("old")}"
        : Position > log.LastPosition ? Ahead(Position, log.Source, log.LastPosition)
        : EventId != log.EventAt(Position)
            ? $"The log of '{log.Source}' has another event at position {Position} than the one read: its file was "
                + $"restored from an older copy and has grown since. {PutBackOrRebuild("newer")}"
        : null;

    /// <summary>The message for a position that is beyond the end of a log.</summary>
    public static string Ahead(long position, string source, long lastPosition) =>
        $"The checkpoint {position} is ahead of the log of '{source}', which ends at {lastPosition}: "
        + $"its file was restored from an older copy. {PutBackOrRebuild("newer")}";

    // The subscriber may hold the only remaining copy of what the lost events said: a backup comes before the rebuild.
    private static string PutBackOrRebuild(string which) =>
        $"Stop the process, move that file and the -wal and -shm files beside it aside, and put the {which} one in its place. "
        + "If there is none, back up all modules. Rebuild this module after that: it drops what the log does not have any more.";
}

/// <summary>The log does not contain the place from which it should be read. The message says why, and what to do.</summary>
internal sealed class LogMismatchException(string reason) : Exception(reason);
