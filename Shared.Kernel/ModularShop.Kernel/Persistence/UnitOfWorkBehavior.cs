using System.Reflection;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Runs the handler of a command in a unit of work, and with it whatever an Idempotency-Key asks for. The handler
/// comes from the unit's own scope; a command sent from within a unit of work joins that one.
/// </summary>
internal sealed class UnitOfWorkBehavior<TCommand, TResult>(
    UnitOfWork current,
    UnitsOfWork unitsOfWork,
    CurrentCopies copies,
    IHttpContextAccessor http
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
        await copies.Wait(DecidesOn, ct);
        var key = http.HttpContext is { } request ? IdempotencyKey.Of(request) : null;
        return await (
            key is null
                ? unitsOfWork.Run((services, token) => Run(services, command, token), ct)
                : unitsOfWork.Run((services, token) => RunOnce(services, key, command, token), ct)
        );
    }

    private Task<TResult> Run(IServiceProvider services, TCommand command, CancellationToken ct)
    {
        copies.RefuseWhileFilled(DecidesOn);
        return services.GetRequiredService<IRequestHandler<TCommand, TResult>>().Handle(command, ct);
    }

    private async Task<TResult> RunOnce(IServiceProvider services, string key, TCommand command, CancellationToken ct)
    {
        var answers = services.GetRequiredService<IdempotentAnswers>();
        if (answers.TryFind<TCommand, TResult>(key, command, out var first))
        {
            return first;
        }
        var result = await Run(services, command, ct);
        answers.Keep(key, command, result);
        return result;
    }
}
