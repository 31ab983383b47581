namespace ModularShop.Kernel.Events;

/// <summary>Keeps commands from deciding on a read copy that is incomplete or far behind its source.</summary>
internal sealed class CurrentCopies(ReadCopies copies, Subscriptions subscriptions, DeliveryOptions options, TimeProvider clock)
{
    private readonly Dictionary<string, Subscription[]> byCopy = copies.All.ToDictionary(
        copy => copy.Name,
        copy => subscriptions.All.Where(subscription => copy.Sources.Contains(subscription.Source)).ToArray()
    );

    /// <summary>Waits until the copies are complete and current, for <c>CopyWait</c> at most. Returns at once when they are.</summary>
    /// <exception cref="CopyNotCurrentException">A copy is still incomplete or too far behind after the wait.</exception>
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

    /// <summary>
    /// Checks the copies again inside the unit of work, without waiting: a rebuild may have begun since the command was queued.
    /// </summary>
    /// <exception cref="CopyNotCurrentException">One of the copies is incomplete.</exception>
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
            var changed = subscription.Changed; // Taken before the state is read, so that a later change completes it.
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
            catch (TimeoutException) { } // The loop reads the state once more and then refuses the command.
        }
    }
}

/// <summary>A command needs a read copy that is incomplete or not current. The answer is status 503.</summary>
internal sealed class CopyNotCurrentException(string copy, string reason)
    : Exception($"The read copy '{copy}' cannot be decided on now. {reason}");
