using MediatR;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// A request that changes data. It runs in a unit of work: what it changes and the events that it publishes are
/// committed together before <c>Send</c> returns, or nothing of it is.
/// </summary>
public interface ICommand<out TResult> : IRequest<TResult>;

/// <summary>A request that only reads, from a snapshot that never waits for the writer.</summary>
public interface IQuery<out TResult> : IRequest<TResult>;
