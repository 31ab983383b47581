using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A log as a subscription takes events from it. Who has much to catch up on uses two cores: while some are applied the next
/// are read, so few at a time that a batch may be much larger than what is in memory. Made on the pump, whose scheduler reads.
/// </summary>
internal sealed class EventReader(ILogReader log, Delivery delivery, int readSize, LogPlace after, CancellationToken ct) : IAsyncDisposable
{
    private readonly TaskScheduler scheduler = TaskScheduler.Current;
    private IReadOnlyList<Received> read = [];
    private int taken;
    private LogPlace last = after;
    private Task<IReadOnlyList<Received>>? ahead;

    /// <summary>Completes when an event is at hand.</summary>
    /// <exception cref="LogClosedException">The log was closed meanwhile.</exception>
    public async Task Wait()
    {
        while (taken == read.Count)
        {
            Use(await (ahead ?? Read(last)));
        }
    }

    /// <summary>The next event, which stays so until it is taken; null when none is at hand.</summary>
    public Received? Next
    {
        get
        {
            if (taken == read.Count && ahead is { IsCompletedSuccessfully: true })
            {
                Use(ahead.Result);
            }
            return taken < read.Count ? read[taken] : null;
        }
    }

    public void Take() => taken++;

    public async ValueTask DisposeAsync()
    {
        if (ahead is not null)
        {
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    // A log may repeat what was read before.
    private void Use(IReadOnlyList<Received> events)
    {
        (read, taken) = ([.. events.SkipWhile(received => received.Envelope.Position <= last.Position)], 0);
        var newest = read.Count > 0 ? read[^1].Envelope.PlaceIn(last.Epoch) : last;
        last = newest;
        ahead = log.LastPosition > newest.Position ? Detached.Run(() => Read(newest), scheduler) : null;
    }

    private async Task<IReadOnlyList<Received>> Read(LogPlace place) =>
        [.. (await log.ReadAsync(place, readSize, ct)).Select(delivery.Read)];
}
