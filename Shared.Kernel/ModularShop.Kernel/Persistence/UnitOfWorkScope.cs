using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>Scoped: whether this scope is a unit of work, with its transaction, or a query.</summary>
internal sealed class UnitOfWorkScope
{
    public WriteTransaction? Transaction { get; private set; }

    /// <summary>Whether the scope is a query. Its reader keeps one snapshot until the scope ends.</summary>
    public bool IsQuery { get; private set; }

    /// <summary>On whose behalf the scope runs.</summary>
    public Caller Caller { get; private set; } = Caller.Anonymous;

    public void Begin(WriteTransaction transaction, Caller caller)
    {
        Transaction = transaction;
        Caller = caller;
    }

    public void BeginQuery(Reader reader)
    {
        reader.BeginSnapshot();
        IsQuery = true;
    }
}
