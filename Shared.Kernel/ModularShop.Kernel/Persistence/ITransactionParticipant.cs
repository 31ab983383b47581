namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Holds state beside the writer's transaction that must follow the transaction's outcome. Called only by the thread that has
/// the writer's turn.
/// </summary>
internal interface ITransactionParticipant
{
    /// <summary>A transaction begins. State of the previous one must be discarded.</summary>
    void Begin();

    /// <summary>A savepoint begins. Savepoints nest.</summary>
    void Save();

    /// <summary>The innermost savepoint ends, and its changes are kept as part of the surrounding one.</summary>
    void Release();

    /// <summary>The changes since the innermost savepoint are undone, and the savepoint ends.</summary>
    void RollBack();

    /// <summary>The transaction is on disk.</summary>
    void Committed();
}
