using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Erases a person whom a restored backup has brought back. Sent when the module starts, before it gets requests or events. A module
/// that owns data about persons handles it like a request to erase the person. For other modules, the kernel destroys the person's
/// key, and their reactions to the event do the rest.
/// </summary>
public sealed record EraseAgain(Guid Person) : ICommand<Unit>;

/// <summary>Erases the persons again whom the module had erased, and whom its file does not know as erased.</summary>
internal sealed class RepeatedErasures(ErasureLedger ledger, UnitOfWorkRunner unitsOfWork)
{
    /// <exception cref="StorageException">The ledger cannot be read.</exception>
    public async Task Run(CancellationToken ct)
    {
        foreach (var person in ledger.Missing())
        {
            await unitsOfWork.Run(Caller.Anonymous, (services, token) => Erase(services, person, token), ct);
        }
    }

    private static async Task<Unit> Erase(IServiceProvider services, Guid person, CancellationToken ct)
    {
        if (services.GetService<IRequestHandler<EraseAgain, Unit>>() is not null)
        {
            await services.GetRequiredService<ISender>().Send(new EraseAgain(person), ct);
        }
        services.GetRequiredService<IErasure>().Forget(person);
        return Unit.Value;
    }
}
