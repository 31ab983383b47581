namespace ModularShop.Kernel.Moves;

/// <summary>One move of a module from one process to another.</summary>
/// <param name="Generation">The generation of the file's ownership after the move.</param>
internal sealed record MovePlan(Guid Id, string Module, string From, string To, long Generation);

/// <summary>What the process that gets a module is asked before anything is moved.</summary>
/// <param name="Build">Identifies the module's assembly and the form of its file.</param>
/// <param name="FileBytes">The size of the file and its write-ahead log.</param>
/// <param name="Marker">
/// The name of a file in the data directory of the process that has the module. If the other process finds it in its own, both use the
/// same directory, and nothing is copied.
/// </param>
internal sealed record MoveQuestion(string Module, string Build, long FileBytes, string? Marker);

/// <summary>The answer.</summary>
/// <param name="Obstacles">Why the module cannot be moved there; empty when it can.</param>
internal sealed record MoveOffer(IReadOnlyList<string> Obstacles, bool IsSameDirectory, long FreeBytes);

/// <param name="Hash">The SHA-256 of the file as it has arrived.</param>
internal sealed record MoveReceipt(string Hash);

/// <summary>What the file must contain when it has arrived.</summary>
/// <param name="WalHash">The SHA-256 of the whole write-ahead log; null when nothing was copied.</param>
/// <param name="HashKey">The key of the hashes of secrets in the file.</param>
internal sealed record MoveSeal(
    string Epoch,
    long LastPosition,
    IReadOnlyList<SealedCheckpoint> Checkpoints,
    string? FileHash,
    string? WalHash,
    byte[] HashKey
);

internal sealed record SealedCheckpoint(string Source, string Epoch, long Position);

/// <summary>Whether the process that gets a module has accepted it. It never changes its mind.</summary>
internal enum MoveDecision
{
    Open,
    Refused,
    Accepted,
}

/// <param name="State">What became of the module after it was accepted, for people.</param>
internal sealed record MoveOutcome(MoveDecision Decision, string? Reason = null, string? State = null);
