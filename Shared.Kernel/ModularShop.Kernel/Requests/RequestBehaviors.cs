using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Requests;

/// <summary>Starts an activity for each command and query, named after its slice.</summary>
internal sealed class TracingBehavior<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    // A static field of a generic type belongs to its type arguments: it is released with the module's assembly.
    private static readonly string Name = typeof(TRequest).DeclaringType?.Name ?? typeof(TRequest).Name;

    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
    {
        using var activity = KernelMetrics.Activities.StartActivity(Name);
        return await next();
    }
}

/// <summary>Runs all validators of a request before it waits for the writer and before its handler.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
    {
        foreach (var validator in validators)
        {
            await validator.ValidateAndThrowAsync(request, ct);
        }
        return await next();
    }
}

/// <summary>Starts an activity for each stream, which lasts while the stream is read.</summary>
internal sealed class StreamTracingBehavior<TRequest, TResponse> : IStreamPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    private static readonly string Name = typeof(TRequest).DeclaringType?.Name ?? typeof(TRequest).Name;

    public async IAsyncEnumerable<TResponse> Handle(
        TRequest request,
        StreamHandlerDelegate<TResponse> next,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var activity = KernelMetrics.Activities.StartActivity(Name);
        await foreach (var item in next().WithCancellation(ct))
        {
            yield return item;
        }
    }
}

/// <summary>Runs all validators of a stream request before its first item.</summary>
internal sealed class StreamValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IStreamPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public async IAsyncEnumerable<TResponse> Handle(
        TRequest request,
        StreamHandlerDelegate<TResponse> next,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var validator in validators)
        {
            await validator.ValidateAndThrowAsync(request, ct);
        }
        await foreach (var item in next().WithCancellation(ct))
        {
            yield return item;
        }
    }
}
