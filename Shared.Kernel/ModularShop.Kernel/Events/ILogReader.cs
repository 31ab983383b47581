namespace ModularShop.Kernel.Events;

/// <summary>A source's log as its subscribers read it, independent of where the log is stored.</summary>
internal interface ILogReader
{
    string Source { get; }

    /// <summary>The position of the newest committed event that is known here; 0 when there is none.</summary>
    long LastPosition { get; }

    /// <summary>The place of a position that exists in the log.</summary>
    ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct);

    /// <summary>Why a place is not in the log, and what to do; null when it is in the log.</summary>
    ValueTask<string?> Check(LogPlace place, CancellationToken ct);

    /// <summary>
    /// Returns up to <paramref name="max"/> events after a place, in order, as soon as there is at least one. It may repeat events that
    /// were read before, but never skips one.
    /// </summary>
    /// <exception cref="LogMismatchException">The log does not contain the place: it is another log, or it was set back.</exception>
    /// <exception cref="LogClosedException">The log was closed in the meantime.</exception>
    ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct);

    /// <summary>The keys of these persons' data in the log. A person who was erased has none.</summary>
    /// <exception cref="LogClosedException">The log was closed in the meantime.</exception>
    ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysOf(IReadOnlyCollection<Guid> persons, CancellationToken ct);

    /// <exception cref="LogClosedException">Always, once the log is closed.</exception>
    Task WaitUntilClosed(CancellationToken ct);
}
