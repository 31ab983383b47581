namespace ModularShop.Kernel.Diagnostics;

/// <summary>The moments at which a crash or an error would hurt most.</summary>
internal enum FaultPoint
{
    BeforeAppend,
    AfterAppend,

    /// <summary>Between two units of work of one group.</summary>
    MidGroup,
    BeforeCommit,

    /// <summary>On disk, but neither subscribers nor callers know it yet.</summary>
    AfterCommit,

    /// <summary>Events are applied, the checkpoint is not moved yet.</summary>
    AfterDelivery,

    /// <summary>The checkpoint is moved, nothing is committed yet.</summary>
    AfterCheckpoint,

    /// <summary>Before each statement of a migration.</summary>
    Migration,

    /// <summary>Read copies are dropped; before that is committed, and after.</summary>
    Rebuild,

    /// <summary>A dead letter was delivered again; before its row is deleted, and after.</summary>
    Retry,
}

/// <summary>
/// Lets tests break a module at a <see cref="FaultPoint"/>. Without a hook, which is given when the process starts and in no
/// other way, reaching one does nothing.
/// </summary>
internal sealed class FaultPoints(string module, Action<string, FaultPoint>? hook)
{
    public void Reach(FaultPoint point) => hook?.Invoke(module, point);
}
