using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The events that the running transaction publishes. They are inserted into the log's table at once, and announced to subscribers
/// after the commit.
/// </summary>
internal sealed class PendingEvents(EventLog log, FaultPoints faults) : ITransactionParticipant
{
    private readonly TransactionList<Envelope> appended = new();

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

    public void Begin() => appended.Begin();

    public void Save() => appended.Save();

    public void Release() => appended.Release();

    public void RollBack() => appended.RollBack();

    public void Committed()
    {
        if (appended.Items.Count > 0)
        {
            log.Committed(appended.Items);
        }
    }
}
