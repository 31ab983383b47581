namespace ModularShop.Kernel.Events;

/// <summary>
/// The newest committed events of a log, in memory, limited in number and bytes. It serves subscribers that are nearly caught up; older
/// events are read from the file. Safe for concurrent use.
/// </summary>
internal sealed class EventTail(long lastPosition, int maxEvents, long maxBytes)
{
    private readonly Lock gate = new();
    private readonly Envelope[] ring = new Envelope[maxEvents];
    private readonly TaskCompletionSource closing = new();
    private TaskCompletionSource changed = new();
    private long first = lastPosition + 1;
    private long last = lastPosition;
    private long bytes;
    private bool closed;

    public long LastPosition => Interlocked.Read(ref last);

    /// <summary>
    /// Adds committed events and wakes waiting readers. Events that were skipped before them are read from the file, so a missing call
    /// loses nothing.
    /// </summary>
    public void Push(IReadOnlyList<Envelope> committed)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            foreach (var envelope in committed)
            {
                if (envelope.Position <= last)
                {
                    throw new InvalidOperationException($"Position {envelope.Position} does not follow {last}.");
                }
                if (envelope.Position > last + 1)
                {
                    Forget(envelope.Position);
                }
                if (last - first + 1 == ring.Length)
                {
                    Evict();
                }
                ring[envelope.Position % ring.Length] = envelope;
                Interlocked.Increment(ref last);
                bytes += envelope.Payload.Length;
                while (bytes > maxBytes && first < last)
                {
                    Evict();
                }
            }
            wake = changed;
            changed = new();
        }
        wake.SetResult();
    }

    /// <summary>The events after a position: null when they are no longer in memory, empty when there are none yet.</summary>
    public IReadOnlyList<Envelope>? After(long position, int max)
    {
        lock (gate)
        {
            if (position >= last)
            {
                return [];
            }
            if (position + 1 < first)
            {
                return null;
            }
            var count = (int)Math.Min(max, last - position);
            var events = new Envelope[count];
            for (var i = 0; i < count; i++)
            {
                events[i] = ring[(position + 1 + i) % ring.Length];
            }
            return events;
        }
    }

    /// <summary>The event at a position; null when it is not in memory.</summary>
    public Envelope? Find(long position)
    {
        lock (gate)
        {
            return position >= first && position <= last ? ring[position % ring.Length] : null;
        }
    }

    /// <summary>Completes when the log has an event after the position.</summary>
    /// <exception cref="LogClosedException">The log was closed: its module stops or restarts.</exception>
    public async Task WaitAfter(long position, CancellationToken ct)
    {
        Task signal;
        lock (gate)
        {
            if (closed)
            {
                throw new LogClosedException();
            }
            if (position < last)
            {
                return;
            }
            signal = changed.Task;
        }
        await signal.WaitAsync(ct);
        await Task.Yield(); // The publisher's writer completes the signal and must not run the subscriber's continuation.
    }

    public Task WaitUntilClosed(CancellationToken ct) => closing.Task.WaitAsync(ct);

    public void Close()
    {
        lock (gate)
        {
            closed = true;
            closing.TrySetException(new LogClosedException());
            _ = closing.Task.Exception;
            changed.TrySetException(new LogClosedException());
            _ = changed.Task.Exception; // Observes the exception, as there may be no waiter.
        }
    }

    // Starts again, empty, with the event at this position as the next one.
    private void Forget(long next)
    {
        Array.Clear(ring);
        bytes = 0;
        first = next;
        Interlocked.Exchange(ref last, next - 1);
    }

    private void Evict()
    {
        bytes -= ring[first % ring.Length].Payload.Length;
        ring[first % ring.Length] = null!;
        first++;
    }
}

/// <summary>The log's module stops or restarts. The subscriber must ask the registry for the log again.</summary>
internal sealed class LogClosedException() : Exception("The log was closed.");
