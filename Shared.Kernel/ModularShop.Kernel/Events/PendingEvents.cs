using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The events that the running transaction publishes. They are in the log's table at once, and made known to subscribers when the
/// transaction is on disk.
/// </summary>
internal sealed class PendingEvents(EventLog log, FaultPoints faults) : ITransactionParticipant
{
    private readonly List<Envelope> appended = [];
    private readonly Stack<int> savepoints = new();

    /// <summary>Appends an event in the writer's transaction. Returns it with the position that it has if that is committed.</summary>
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
