using ModularShop.Kernel.Events;
using static ModularShop.Kernel.Tests.Properties.EventLogProperties;

namespace ModularShop.Kernel.Tests.Properties;

/// <summary>A log as a list: the expected effect of units of work.</summary>
internal sealed class LogModel(int maxGroup)
{
    private List<Envelope> committed = [];

    public IReadOnlyList<Envelope> Committed => committed;

    /// <summary>The outcome of units that wait together behind a first one, which changes nothing.</summary>
    public IReadOnlyList<Outcome> Write(IReadOnlyList<Unit> units)
    {
        var outcomes = new List<Outcome>();
        for (var taken = 1; outcomes.Count < units.Count; taken = 0)
        {
            RunGroup(units, outcomes, taken);
        }
        return outcomes;
    }

    private void RunGroup(IReadOnlyList<Unit> units, List<Outcome> outcomes, int taken)
    {
        var pending = committed.ToList();
        var first = outcomes.Count;
        var sawKept = taken > 0;
        for (; taken < maxGroup && outcomes.Count < units.Count; taken++)
        {
            var unit = units[outcomes.Count];
            var (start, given) = (pending.Count, new List<Envelope>());
            Append(unit.Steps, pending, given);
            outcomes.Add(new Outcome(unit.Ending, given));
            if (unit.Ending is Ending.Failed)
            {
                pending.RemoveRange(start, pending.Count - start);
            }
            if (unit.Ending is Ending.TransactionLost)
            {
                for (var lost = first; lost < outcomes.Count; lost++)
                {
                    // A unit that depends on committed rows only has failed for its own reason, and its caller is told so.
                    var ending = outcomes[lost].Ending;
                    outcomes[lost] = outcomes[lost] with
                    {
                        Ending = ending is Ending.Failed && !sawKept ? Ending.Failed : Ending.TransactionLost,
                    };
                    sawKept |= ending is Ending.Kept;
                }
                return;
            }
        }
        committed = pending;
    }

    private static void Append(IReadOnlyList<Step> steps, List<Envelope> pending, List<Envelope> given)
    {
        foreach (var step in steps)
        {
            if (step is Step.Append append)
            {
                pending.Add(InFile(append.Draft, position: pending.Count + 1));
                given.Add(pending[^1]);
            }
            else if (step is Step.Nested nested)
            {
                var start = pending.Count;
                Append(nested.Steps, pending, given);
                if (!nested.Kept)
                {
                    pending.RemoveRange(start, pending.Count - start);
                }
            }
        }
    }

    // The file stores milliseconds.
    private static Envelope InFile(Envelope draft, long position) =>
        draft with
        {
            Position = position,
            OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(draft.OccurredAt.ToUnixTimeMilliseconds()),
        };

    /// <param name="Given">What each append returned, including those in savepoints that were rolled back later.</param>
    public sealed record Outcome(Ending Ending, IReadOnlyList<Envelope> Given);
}
