using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The events that the running transaction publishes. They are inserted into the log's table at once, and announced to subscribers
/// after the commit.
/// </summary>
internal sealed class PendingEvents(EventLog log, FaultPoints faults) : ITransactionParticipant
{
    private readonly List<Envelope> appended = [];
    private readonly Stack<int> savepoints = new();

    /// <summary>
    /// Appends an event in the writer's transaction. Returns it with the position that it will have if the transaction commits.
    /// </summary>
    public Envelope Append(Envelope draft)
    {
        faults.Reach(FaultPoint.BeforeAppend);
        var envelope = log.Append(draft);
        appended.Add(envelope);
        faults.Reach(FaultPoint.AfterAppend);
        return envelope;
    }

    public void Begin()
    {
        appended.Clear();
        savepoints.Clear();
    }

    public void Save() => savepoints.Push(appended.Count);

    public void Release() => savepoints.Pop();

    public void RollBack()
    {
        var kept = savepoints.Pop();
        appended.RemoveRange(kept, appended.Count - kept);
    }

    public void Committed()
    {
        if (appended.Count > 0)
        {
            log.Committed(appended);
        }
    }
}
