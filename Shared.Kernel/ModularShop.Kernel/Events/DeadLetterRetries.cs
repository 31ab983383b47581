using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Delivers dead letters again, or gives them up, and then delivers what waits behind them.</summary>
internal sealed class DeadLetterRetries(
    Subscriptions subscriptions,
    UnitOfWorkRunner unitsOfWork,
    Delivery delivery,
    DeadLetters letters,
    DeadLetterWriter writer,
    ILogRegistry logs,
    FaultPoints faults
)
{
    /// <summary>Delivers a dead letter again and then the letters parked behind it, in order, until one fails.</summary>
    /// <returns>How many events took effect, and the letter that failed, or null.</returns>
    /// <exception cref="ConflictException">The letter is discarded, or waits behind another one.</exception>
    public async Task<(int Applied, DeadLetter? StoppedBy)> Retry(long id, CancellationToken ct)
    {
        var letter = letters.Find(id) ?? throw new NotFoundException("dead letter", id);
        return letter.Status switch
        {
            DeadLetterStatus.Dead => await Release(letter, ct),
            // The letter may be delivered if the one before it is gone, and only a crash or error during an earlier retry left it
            // parked.
            DeadLetterStatus.Parked when letters.IsUnblocked(letter) => await Release(letter, ct),
            DeadLetterStatus.Parked => throw new ConflictException(
                $"Dead letter {id} waits behind an earlier one of key '{letter.Envelope.Key}'; retry that one."
            ),
            DeadLetterStatus.Discarded => throw new ConflictException($"Dead letter {id} was discarded: {letter.Reason}"),
            _ => throw new ConflictException($"Dead letter {id} has the unknown status '{letter.Status}'."),
        };
    }

    /// <summary>Discards a dead letter with a reason, and delivers the letters parked behind it.</summary>
    /// <exception cref="ConflictException">The letter cannot be discarded now.</exception>
    public async Task<(int Applied, DeadLetter? StoppedBy)> Discard(long id, string reason, CancellationToken ct)
    {
        var found = letters.Find(id) ?? throw new NotFoundException("dead letter", id);
        var keys = await KeysFor(found, ct);
        var letter = await unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                var letter = DeadLetterWriter.Find(transaction, id) ?? throw new NotFoundException("dead letter", id);
                if (letter.Status != DeadLetterStatus.Dead)
                {
                    throw new ConflictException($"Only a dead letter can be discarded; {id} is {letter.Status}.");
                }
                RefuseAheadOfReplay(letter);
                DeadLetterWriter.Discard(transaction, id, reason);
                return Task.FromResult(letter);
            },
            ct
        );
        return await Release(letter.Envelope.Source, letter.Envelope.Key, keys, ct);
    }

    /// <summary>
    /// Delivers the letters that an ended process left parked although nothing is before them any more. While a source is being
    /// replayed, or its log is needed and not there yet, its letters wait until a person retries them.
    /// </summary>
    public async Task ReleaseUnblocked(CancellationToken ct)
    {
        foreach (var (source, key) in letters.Unblocked().Where(unblocked => subscriptions.Find(unblocked.Source)?.FillsUntil is null))
        {
            if (await TryKeysFor(source, key, ct) is { } keys)
            {
                await Release(source, key, keys, ct);
            }
        }
    }

    private async Task<(int Applied, DeadLetter? StoppedBy)> Release(DeadLetter letter, CancellationToken ct) =>
        await Release(letter.Envelope.Source, letter.Envelope.Key, await KeysFor(letter, ct), ct);

    // Asked for before the unit of work, as the log may be in another process.
    private async Task<IReadOnlyDictionary<Guid, byte[]>> KeysFor(DeadLetter letter, CancellationToken ct) =>
        await TryKeysFor(letter.Envelope.Source, letter.Envelope.Key, ct)
        ?? throw new ConflictException(
            $"The event contains personal data, and '{letter.Envelope.Source}', which has the key, cannot be asked now. Try again when it runs."
        );

    // Null when the log cannot be asked.
    private async Task<IReadOnlyDictionary<Guid, byte[]>?> TryKeysFor(string source, string key, CancellationToken ct)
    {
        var persons = letters.PayloadsOf(source, key).SelectMany(SealedData.PersonsIn).Distinct().ToList();
        if (persons.Count == 0)
        {
            return PersonKeys.None;
        }
        try
        {
            return logs.Find(source) is { } log ? await log.KeysOf(persons, ct) : null;
        }
        catch (LogClosedException)
        {
            return null;
        }
    }

    private async Task<(int Applied, DeadLetter? StoppedBy)> Release(
        string source,
        string key,
        IReadOnlyDictionary<Guid, byte[]> keys,
        CancellationToken ct
    )
    {
        var applied = 0;
        DeadLetter? letter = null;
        try
        {
            // One transaction for each letter. The key stays blocked until the last of them is delivered.
            while (await unitsOfWork.RunBatch(ReleaseFirst, ct))
            {
                applied++;
            }
            return (applied, null);
        }
        catch (Exception e) when (EventFailedException.In(e) is { } ofEvent)
        {
            ct.ThrowIfCancellationRequested(); // The handler was cancelled; the event did not fail.
            var stoppedBy = await unitsOfWork.RunBatch(
                (transaction, _) =>
                    Task.FromResult(
                        writer.RetryFailed(transaction, letter!, ofEvent.Failure) ? DeadLetterWriter.Find(transaction, letter!.Id) : null
                    ),
                ct
            );
            return (applied, stoppedBy);
        }

        async Task<bool> ReleaseFirst(WriteTransaction transaction, CancellationToken token)
        {
            letter = DeadLetterWriter.First(transaction, source, key);
            if (letter is null)
            {
                return false;
            }
            RefuseAheadOfReplay(letter);
            await delivery.Apply(transaction, delivery.Read(letter.Envelope, keys), letter.Occasion, token);
            faults.Reach(FaultPoint.Retry);
            DeadLetterWriter.Delete(transaction, letter.Id);
            faults.Reach(FaultPoint.Retry);
            return true;
        }
    }

    // The replay has not applied the earlier events of the letter's key again yet.
    private void RefuseAheadOfReplay(DeadLetter letter)
    {
        if (subscriptions.Find(letter.Envelope.Source) is { } subscription && subscription.IsAheadOfReplay(letter.Envelope))
        {
            throw new ConflictException(
                $"'{subscription.Source}' is being replayed: {subscription.Position} of {subscription.FillsUntil} events are applied. "
                    + "Decide on the letter when that is done."
            );
        }
    }
}
