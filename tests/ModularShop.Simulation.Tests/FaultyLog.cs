using ModularShop.Kernel.Events;

namespace ModularShop.Simulation.Tests;

/// <summary>A log behind an unreliable connection: it repeats events, returns few of them, or fails.</summary>
internal sealed class FaultyLog(EventLog log, Chaos chaos, Random random) : ILogReader
{
    public string Source => log.Source;

    public long LastPosition => log.LastPosition;

    public ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct) => log.PlaceAt(position, ct);

    public ValueTask<string?> Check(LogPlace place, CancellationToken ct) => log.Check(place, ct);

    public ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysOf(IReadOnlyCollection<Guid> persons, CancellationToken ct) =>
        log.KeysOf(persons, ct);

    public Task WaitUntilClosed(CancellationToken ct) => log.WaitUntilClosed(ct);

    public async ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct)
    {
        var events = await log.ReadAsync(after, max, ct);
        if (!chaos.ReadIsOdd)
        {
            return events;
        }
        switch (random.Next(3))
        {
            case 0:
                throw new IOException("The log could not be reached.");
            case 1:
                return [.. events.Take(1)];
            default:
                var from = Math.Max(0, after.Position - random.Next(1, 4));
                return log.ReadFile(from, max);
        }
    }
}
