using MediatR;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// A request that changes data. It runs in a unit of work: its changes and the events that it publishes are committed together before
/// <c>Send</c> returns, or not at all.
/// </summary>
public interface ICommand<out TResult> : IRequest<TResult>;

/// <summary>
/// A request that only reads, and never waits for the writer. All of its statements read the same snapshot, as of its first statement.
/// It must not begin a transaction, as it already runs in one.
/// </summary>
public interface IQuery<out TResult> : IRequest<TResult>;
