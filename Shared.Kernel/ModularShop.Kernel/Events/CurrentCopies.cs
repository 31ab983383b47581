namespace ModularShop.Kernel.Events;

/// <summary>Keeps commands from deciding on a read copy that is being filled, or that is far behind its source.</summary>
internal sealed class CurrentCopies(ReadCopies copies, Subscriptions subscriptions, DeliveryOptions options, TimeProvider clock)
{
    private readonly Dictionary<string, Subscription[]> byCopy = copies.All.ToDictionary(
        copy => copy.Name,
        copy => subscriptions.All.Where(subscription => copy.Sources.Contains(subscription.Source)).ToArray()
    );

    /// <summary>Waits, for <c>CopyWait</c> at most, until copies are whole and current. At once when they are.</summary>
    /// <exception cref="CopyNotCurrentException">They are not.</exception>
    public async ValueTask Wait(IReadOnlyList<string> names, CancellationToken ct)
    {
        foreach (var name in names)
        {
            foreach (var subscription in byCopy[name])
            {
                await Wait(name, subscription, ct);
            }
        }
    }

    /// <summary>The same in a unit of work, which waits for nothing: a rebuild may have begun since the command was queued.</summary>
    /// <exception cref="CopyNotCurrentException">One of them is being filled.</exception>
    public void RefuseWhileFilled(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            foreach (var subscription in byCopy[name])
            {
                if (subscription is { FillsUntil: not null, WhyNotCurrent: { } reason })
                {
                    throw new CopyNotCurrentException(name, reason);
                }
            }
        }
    }

    private async ValueTask Wait(string name, Subscription subscription, CancellationToken ct)
    {
        if (subscription.WhyNotCurrent is null)
        {
            return;
        }
        var started = clock.GetTimestamp();
        while (true)
        {
            var changed = subscription.Changed; // Before it is asked: what changes afterwards completes it.
            if (subscription.WhyNotCurrent is not { } reason)
            {
                return;
            }
            var left = options.CopyWait - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw new CopyNotCurrentException(name, reason);
            }
            try
            {
                await changed.WaitAsync(left, clock, ct);
            }
            catch (TimeoutException) { } // The loop reads the state once more, and then refuses.
        }
    }
}

/// <summary>A command decides on a read copy that is not whole or not current. Answered with 503.</summary>
internal sealed class CopyNotCurrentException(string copy, string reason)
    : Exception($"The read copy '{copy}' cannot be decided on now. {reason}");
