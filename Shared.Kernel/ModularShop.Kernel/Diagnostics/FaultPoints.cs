namespace ModularShop.Kernel.Diagnostics;

/// <summary>The points at which tests simulate a crash or an error.</summary>
internal enum FaultPoint
{
    BeforeAppend,
    AfterAppend,

    /// <summary>Between two units of work of a group.</summary>
    MidGroup,
    BeforeCommit,

    /// <summary>The transaction is on disk, but subscribers and callers have not been told yet.</summary>
    AfterCommit,

    /// <summary>Events are applied; the checkpoint is not moved yet.</summary>
    AfterDelivery,

    /// <summary>The checkpoint is moved; the transaction is not committed yet.</summary>
    AfterCheckpoint,

    /// <summary>Before each statement of a migration.</summary>
    Migration,

    /// <summary>During a rebuild: read copies are cleared, before the commit and after it.</summary>
    Rebuild,

    /// <summary>During a retry of a dead letter that was delivered again: before its row is deleted, and after.</summary>
    Retry,

    /// <summary>During a move, in the process that has the module: the journal is written, the copy is made, requests wait.</summary>
    MovePrepared,
    MoveCopied,
    MoveHeld,

    /// <summary>The file names its new owner.</summary>
    MoveSigned,

    /// <summary>The other process has accepted the module, and this one knows.</summary>
    MoveAccepted,

    /// <summary>The topology names the other process.</summary>
    MoveRouted,

    /// <summary>During a move, in the process that gets the module: the file has arrived, and was checked.</summary>
    ArrivalChecked,

    /// <summary>The acceptance is on disk.</summary>
    ArrivalAccepted,

    /// <summary>The file is in its place.</summary>
    ArrivalPlaced,
}

/// <summary>
/// Lets tests make a module fail at a <see cref="FaultPoint"/>. The hook can only be passed in when the process starts; without one, a
/// fault point does nothing.
/// </summary>
internal sealed class FaultPoints(string module, Action<string, FaultPoint>? hook)
{
    public void Reach(FaultPoint point) => hook?.Invoke(module, point);
}
