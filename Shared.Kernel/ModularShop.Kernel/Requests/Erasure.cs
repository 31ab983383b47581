using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Erases what the kernel keeps of a person. Whatever erases a person's rows, a command or a reaction, calls it in the same
/// unit of work. Events in the log are not changed by it.
/// </summary>
public interface IErasure
{
    /// <summary>
    /// Drops the answers kept for an <c>Idempotency-Key</c> that hold this id, and lets the writer empty the write-ahead log after
    /// the commit, as the erased rows still stand in it. That is done before the caller is answered, unless a reader needs the log.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called outside of a unit of work.</exception>
    void Forget(Guid subject);
}

internal sealed class Erasure(UnitOfWorkScope unitOfWork, IdempotentAnswers answers) : IErasure
{
    public void Forget(Guid subject)
    {
        var transaction =
            unitOfWork.Transaction
            ?? throw new InvalidOperationException("Call it within a unit of work, in the handler of a command or of an event.");
        answers.Drop(subject);
        transaction.MarkErasure();
    }
}
