namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Keeps something beside the writer's transaction that has to follow its outcome. Called on the writer's thread only.
/// </summary>
internal interface ITransactionParticipant
{
    /// <summary>A transaction begins: what was kept of the one before it is void.</summary>
    void Begin();

    /// <summary>A savepoint begins. Savepoints nest.</summary>
    void Save();

    /// <summary>The last savepoint is over, and what was done in it belongs to what is around it.</summary>
    void Release();

    /// <summary>What was done since the last savepoint is undone, and the savepoint is over.</summary>
    void RollBack();

    /// <summary>The transaction is on disk.</summary>
    void Committed();
}
