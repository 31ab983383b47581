using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Requests;

/// <summary>What a request says of itself beside its content, for the commands that are sent for it.</summary>
/// <param name="caller">Who sent it.</param>
/// <param name="route">Where it was sent to: its method, and the path as the endpoint was mapped.</param>
/// <param name="keys">Its headers <see cref="IdempotencyKey.Header"/>.</param>
internal sealed class SentRequest(Caller caller, string route, StringValues keys)
{
    private readonly Dictionary<string, int> done = [];

    public Caller Caller => caller;

    public string Route => route;

    /// <summary>The key under which its answer is kept; null when it has none.</summary>
    /// <exception cref="BadRequestException">The header is not one key.</exception>
    public string? IdempotencyKey => Requests.IdempotencyKey.Of(keys);

    /// <summary>How many commands of that name were done for it.</summary>
    public int Done(string command) => done.GetValueOrDefault(command);

    /// <summary>Notes that a command of that name was done: the next one of that name is another piece of work.</summary>
    public void MarkDone(string command) => done[command] = Done(command) + 1;
}

/// <summary>Scoped: the request that a scope belongs to.</summary>
internal sealed class RequestScope
{
    /// <summary>Null where there is none, as in a background service.</summary>
    public SentRequest? Request { get; set; }

    public Caller Caller => Request?.Caller ?? Caller.Anonymous;
}
