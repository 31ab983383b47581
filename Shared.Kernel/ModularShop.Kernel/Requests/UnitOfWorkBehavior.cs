using System.Reflection;
using System.Runtime.ExceptionServices;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Runs the handler of a command in a unit of work, and with it whatever an Idempotency-Key asks for. The handler, and the
/// module's own behaviours around it, come from the unit's own scope; a command sent from within a unit of work joins that one.
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
        // Hashed before others wait for it, and before a handler or behaviour may change the command.
        var keyed = keyedRequests.Of(request, key, command);
        ExceptionDispatchInfo? notCurrent = null;
        try
        {
            await copies.Wait(DecidesOn, ct);
        }
        catch (CopyNotCurrentException e)
        {
            // What was done before is answered all the same.
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
