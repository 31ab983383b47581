namespace ModularShop.Kernel.Persistence;

/// <summary>What a transaction has added. It follows the transaction's savepoints. The methods are those of a participant.</summary>
internal sealed class TransactionList<T>
{
    private readonly List<T> items = [];
    private readonly Stack<int> savepoints = new();

    public IReadOnlyList<T> Items => items;

    public void Add(T item) => items.Add(item);

    /// <inheritdoc cref="ITransactionParticipant.Begin"/>
    public void Begin()
    {
        items.Clear();
        savepoints.Clear();
    }

    /// <inheritdoc cref="ITransactionParticipant.Save"/>
    public void Save() => savepoints.Push(items.Count);

    /// <inheritdoc cref="ITransactionParticipant.Release"/>
    public void Release() => savepoints.Pop();

    /// <inheritdoc cref="ITransactionParticipant.RollBack"/>
    public void RollBack()
    {
        var kept = savepoints.Pop();
        items.RemoveRange(kept, items.Count - kept);
    }
}
