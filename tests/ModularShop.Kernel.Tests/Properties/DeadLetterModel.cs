using ModularShop.Kernel.Events;
using static ModularShop.Kernel.Tests.Properties.DeadLetterProperties;

namespace ModularShop.Kernel.Tests.Properties;

/// <summary>A model of how a subscriber handles a log, with lists in place of transactions and pumps.</summary>
internal sealed class DeadLetterModel(int maxAttempts)
{
    private readonly List<Published> log = [];
    private readonly SortedDictionary<int, Letter> letters = [];
    private readonly List<int> applied = [];
    private readonly HashSet<int> failedOnce = [];
    private int read;

    /// <summary>The positions of applied events, in the order in which they took effect.</summary>
    public IReadOnlyList<int> Applied => applied;

    /// <summary>The letters by position.</summary>
    public IReadOnlyDictionary<int, Letter> Letters => letters;

    public IReadOnlyList<Published> Log => log;

    public bool IsHandled(int position) => Of(position).Kind is not Kind.Unnoticed;

    public void Publish(IReadOnlyList<Published> events)
    {
        log.AddRange(events);
        ReadOn();
    }

    public void SetKind(int position, Kind kind) => log[position - 1] = Of(position) with { Kind = kind };

    /// <summary>Null when the letter cannot be retried; otherwise how many events took effect and which letter failed.</summary>
    public (int Applied, int? StoppedBy)? Retry(int position) =>
        letters[position].Status == DeadLetterStatus.Dead ? Release(Of(position).Key) : null;

    public (int Applied, int? StoppedBy)? Discard(int position, string reason)
    {
        if (letters[position].Status != DeadLetterStatus.Dead)
        {
            return null;
        }
        letters[position] = letters[position] with { Status = DeadLetterStatus.Discarded, Reason = reason };
        return Release(Of(position).Key);
    }

    public void Rebuild()
    {
        applied.Clear();
        foreach (var (position, _) in Open().ToList())
        {
            letters.Remove(position);
        }
        read = 0;
        ReadOn();
    }

    private void ReadOn()
    {
        while (read < log.Count)
        {
            Deliver(++read);
        }
    }

    private void Deliver(int position)
    {
        if (!IsHandled(position) || letters.ContainsKey(position))
        {
            return;
        }
        if (Open().Any(letter => Of(letter.Key).Key == Of(position).Key))
        {
            letters[position] = new Letter(DeadLetterStatus.Parked, Attempts: 0, Reason: null);
            return;
        }
        // An event with an unknown version is not tried again.
        var attempts = Of(position).Kind is Kind.FromTheFuture ? 1 : maxAttempts;
        if (!Enumerable.Range(0, attempts).Any(_ => TryApply(position)))
        {
            letters[position] = new Letter(DeadLetterStatus.Dead, attempts, Reason: null);
        }
    }

    private (int Applied, int? StoppedBy) Release(string key)
    {
        var waiting = Open().Where(letter => Of(letter.Key).Key == key).ToList();
        for (var i = 0; i < waiting.Count; i++)
        {
            var (position, letter) = waiting[i];
            if (!TryApply(position))
            {
                letters[position] = letter with { Status = DeadLetterStatus.Dead, Attempts = letter.Attempts + 1 };
                return (i, position);
            }
            letters.Remove(position);
        }
        return (waiting.Count, null);
    }

    private bool TryApply(int position)
    {
        if (Of(position).Kind is Kind.Broken or Kind.FromTheFuture || (Of(position).Kind is Kind.FailsOnce && failedOnce.Add(position)))
        {
            return false;
        }
        applied.Add(position);
        return true;
    }

    private IEnumerable<KeyValuePair<int, Letter>> Open() => letters.Where(letter => letter.Value.Status != DeadLetterStatus.Discarded);

    private Published Of(int position) => log[position - 1];

    public sealed record Letter(string Status, int Attempts, string? Reason);
}
