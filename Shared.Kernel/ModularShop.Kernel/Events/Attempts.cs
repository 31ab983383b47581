using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Events;

/// <summary>Counts the failed attempts at one event, and decides how long to wait before the next one. Each pump has its own.</summary>
internal sealed class Attempts(DeliveryOptions options, Random random, KernelMetrics metrics)
{
    private Guid eventId;

    /// <summary>The number of failed attempts at the event that failed last.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Counts a failed attempt. Attempts at the same event add up, even if the log or the file could not be read between them.
    /// </summary>
    /// <returns>The pause before the next attempt; null when the event must be given up.</returns>
    public TimeSpan? Fail(Envelope envelope, Exception failure)
    {
        Count = eventId == envelope.EventId ? Count + 1 : 1;
        eventId = envelope.EventId;
        metrics.AttemptFailed();
        return Count < options.MaxAttempts && failure is not UnreadableEventException ? Backoff() : null;
    }

    private TimeSpan Backoff()
    {
        // Computed in floating point: after about fifty attempts the value exceeds the range of a TimeSpan.
        var exponential = options.FirstRetryDelay.Ticks * Math.Pow(2, Count - 1);
        var jitter = 0.75 + random.NextDouble() * 0.5;
        return TimeSpan.FromTicks((long)Math.Min(exponential * jitter, options.MaxRetryDelay.Ticks));
    }
}
