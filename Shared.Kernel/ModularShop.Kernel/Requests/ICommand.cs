using MediatR;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// A request that changes data. It runs in a unit of work: what it changes and the events that it publishes are
/// committed together before <c>Send</c> returns, or nothing of it is.
/// </summary>
public interface ICommand<out TResult> : IRequest<TResult>;

/// <summary>
/// A request that only reads, and never waits for the writer. All its statements read one snapshot: what is committed after
/// its first statement is not seen. It begins no transaction of its own, as it is in one.
/// </summary>
public interface IQuery<out TResult> : IRequest<TResult>;
