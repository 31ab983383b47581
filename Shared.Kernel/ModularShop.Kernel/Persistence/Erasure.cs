namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Erases what the kernel keeps of a person. Whatever erases a person's rows, a command or a reaction, calls it in the same
/// unit of work. Events in the log are not changed by it.
/// </summary>
public interface IErasure
{
    /// <summary>
    /// Drops the answers kept for an <c>Idempotency-Key</c> that hold this id, and sees to it that the rows as they were do not
    /// stand in the write-ahead log either: it is emptied after the commit, before the caller is answered if no reader needs it.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called outside of a unit of work.</exception>
    void Forget(Guid subject);
}

internal sealed class Erasure(UnitOfWork unitOfWork, IdempotentAnswers answers) : IErasure
{
    public void Forget(Guid subject)
    {
        var transaction =
            unitOfWork.Transaction
            ?? throw new InvalidOperationException("Somebody is erased within a unit of work: in the handler of a command or of an event.");
        answers.Drop(subject);
        transaction.MarkErasure();
    }
}
