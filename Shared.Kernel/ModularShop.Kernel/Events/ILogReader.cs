namespace ModularShop.Kernel.Events;

/// <summary>A source's log as its subscribers read it, wherever the log is kept.</summary>
internal interface ILogReader : ILogIdentity
{
    /// <summary>
    /// Up to <paramref name="max"/> events after a position, in order, as soon as there is at least one. It may repeat events
    /// that were read before, but leaves none out.
    /// </summary>
    /// <exception cref="LogClosedException">The log was closed meanwhile.</exception>
    ValueTask<IReadOnlyList<Envelope>> ReadAsync(long after, int max, CancellationToken ct);

    /// <exception cref="LogClosedException">Always, once the log is closed.</exception>
    Task WaitUntilClosed(CancellationToken ct);
}
