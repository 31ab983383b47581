namespace ModularShop.Kernel.Events;

/// <summary>A source's log as its subscribers read it, wherever the log is kept.</summary>
internal interface ILogReader
{
    string Source { get; }

    /// <summary>The position of the newest committed event, as last heard of; 0 when there is none.</summary>
    long LastPosition { get; }

    /// <summary>The place of a position that the log reaches.</summary>
    ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct);

    /// <summary>Why a place is not in the log, and what to do; null when it is.</summary>
    ValueTask<string?> Check(LogPlace place, CancellationToken ct);

    /// <summary>
    /// Up to <paramref name="max"/> events after a place, in order, as soon as there is at least one. It may repeat events
    /// that were read before, but leaves none out.
    /// </summary>
    /// <exception cref="LogMismatchException">The log does not have the place: it is another one, or was set back.</exception>
    /// <exception cref="LogClosedException">The log was closed meanwhile.</exception>
    ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct);

    /// <exception cref="LogClosedException">Always, once the log is closed.</exception>
    Task WaitUntilClosed(CancellationToken ct);
}
