using System.Reflection;
using System.Runtime.ExceptionServices;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Runs the handler of a command in a unit of work, and implements the Idempotency-Key. The handler and the module's own behaviours
/// come from the unit's scope. A command that is sent from a unit of work joins that unit.
/// </summary>
internal sealed class UnitOfWorkBehavior<TCommand, TResult>(
    UnitOfWorkScope current,
    UnitOfWorkRunner unitsOfWork,
    CurrentCopies copies,
    RequestScope scope,
    KeyedRequests keyedRequests
) : IPipelineBehavior<TCommand, TResult>
    where TCommand : ICommand<TResult>
{
    private static readonly IReadOnlyList<string> DecidesOn = typeof(TCommand).GetCustomAttribute<DecidesOnAttribute>()?.ReadCopies ?? [];

    public async Task<TResult> Handle(TCommand command, RequestHandlerDelegate<TResult> next, CancellationToken ct)
    {
        if (current.Transaction is not null)
        {
            copies.RefuseWhileFilled(DecidesOn);
            return await next();
        }
        if (scope.Request is { IdempotencyKey: { } key } request)
        {
            return await RunOnce(request, key, command, ct);
        }
        await copies.Wait(DecidesOn, ct);
        return await unitsOfWork.Run(scope.Caller, (services, token) => Run(services, command, token), ct);
    }

    private async Task<TResult> RunOnce(SentRequest request, string key, TCommand command, CancellationToken ct)
    {
        // Hashed before the unit, while no other unit has to wait, and before a handler or behaviour can change the command.
        var keyed = keyedRequests.Of(request, key, command);
        ExceptionDispatchInfo? notCurrent = null;
        try
        {
            await copies.Wait(DecidesOn, ct);
        }
        catch (CopyNotCurrentException e)
        {
            // A request that was executed before gets its stored answer even if the read copy is not current.
            notCurrent = ExceptionDispatchInfo.Capture(e);
        }
        var answer = await unitsOfWork.Run(
            request.Caller,
            async (services, token) =>
            {
                var answers = services.GetRequiredService<IdempotentAnswers>();
                if (answers.TryFind<TResult>(keyed, out var first))
                {
                    return first;
                }
                notCurrent?.Throw();
                var result = await Run(services, command, token);
                answers.Keep(keyed, result);
                return result;
            },
            ct
        );
        KeyedRequests.MarkDone<TCommand>(request);
        return answer;
    }

    private Task<TResult> Run(IServiceProvider services, TCommand command, CancellationToken ct)
    {
        copies.RefuseWhileFilled(DecidesOn);
        return new OwnBehaviors<TCommand, TResult>(services).HandleInUnit(
            command,
            () => services.GetRequiredService<IRequestHandler<TCommand, TResult>>().Handle(command, ct),
            ct
        );
    }
}
