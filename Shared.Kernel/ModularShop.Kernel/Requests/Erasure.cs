using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Erases what the kernel stores about a person. A command or reaction that erases a person's rows must call it in the same unit of
/// work.
/// </summary>
public interface IErasure
{
    /// <summary>
    /// Destroys the key of the personal data in the module's events about this person: it is read as null from then on. Deletes the
    /// answers stored for an <c>Idempotency-Key</c> that contain this id, and makes the writer empty the write-ahead log after the
    /// commit, as the log still contains the erased rows. This is done before the caller is answered, unless a reader uses the log.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called outside of a unit of work.</exception>
    void Forget(Guid subject);
}

internal sealed class Erasure(UnitOfWorkScope unitOfWork, IdempotentAnswers answers, ErasureLedger ledger, TimeProvider clock) : IErasure
{
    public void Forget(Guid subject)
    {
        var transaction =
            unitOfWork.Transaction
            ?? throw new InvalidOperationException("Call it within a unit of work, in the handler of a command or of an event.");
        answers.Drop(subject);
        PersonKeys.Destroy(transaction, subject);
        ledger.Add(transaction, subject, clock.GetUtcNow());
        transaction.MarkErasure();
    }
}
