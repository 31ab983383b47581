using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Reads a log ahead for a subscription. During a long catch-up it uses two cores: the next events are read while earlier ones are
/// applied. Each read is small, so that a batch can be much larger than what is held in memory. Must be created on the pump's task
/// scheduler, which then also runs the reads.
/// </summary>
internal sealed class EventReader(ILogReader log, Delivery delivery, int readSize, LogPlace after, ModuleCpu cpu, CancellationToken ct)
    : IAsyncDisposable
{
    private readonly TaskScheduler scheduler = TaskScheduler.Current;
    private IReadOnlyList<Received> read = [];
    private int taken;
    private LogPlace last = after;
    private Task<IReadOnlyList<Received>>? ahead;

    /// <summary>Completes when an event is available.</summary>
    /// <exception cref="LogClosedException">The log was closed in the meantime.</exception>
    public async Task Wait()
    {
        while (taken == read.Count)
        {
            Use(await (ahead ?? Read(last)));
        }
    }

    /// <summary>The next event, unchanged until it is taken; null when none is available.</summary>
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

    // A log may repeat events that were read before.
    private void Use(IReadOnlyList<Received> events)
    {
        (read, taken) = ([.. events.SkipWhile(received => received.Envelope.Position <= last.Position)], 0);
        var newest = read.Count > 0 ? read[^1].Envelope.PlaceIn(last.Epoch) : last;
        last = newest;
        ahead = log.LastPosition > newest.Position ? Detached.Run(() => Read(newest), scheduler) : null;
    }

    private async Task<IReadOnlyList<Received>> Read(LogPlace place)
    {
        var events = await log.ReadAsync(place, readSize, ct);
        var keys = await delivery.KeysFor(events, log, ct);
        using var part = cpu.Begin();
        return [.. events.Select(envelope => delivery.Read(envelope, keys))];
    }
}
