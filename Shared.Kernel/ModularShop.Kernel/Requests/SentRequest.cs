using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Requests;

/// <summary>The metadata of a request that its commands need.</summary>
/// <param name="caller">Who sent it.</param>
/// <param name="method">The HTTP method.</param>
/// <param name="path">The route of the endpoint, as it was mapped.</param>
/// <param name="keys">The values of the header <see cref="IdempotencyKey.Header"/>.</param>
internal sealed class SentRequest(Caller caller, string method, string path, StringValues keys)
{
    // Most requests have no key and need neither this nor the route.
    private Dictionary<string, int>? done;

    public Caller Caller => caller;

    public string Route => $"{method} {path}";

    /// <summary>The key under which the answer is stored; null when the request has none.</summary>
    /// <exception cref="BadRequestException">The header does not contain exactly one valid key.</exception>
    public string? IdempotencyKey => Requests.IdempotencyKey.Of(keys);

    /// <summary>How many commands with this name the request has executed.</summary>
    public int Done(string command) => done?.GetValueOrDefault(command) ?? 0;

    /// <summary>Records that a command was executed. The next command of the same name counts as a different one.</summary>
    public void MarkDone(string command) => (done ??= [])[command] = Done(command) + 1;
}

/// <summary>Scoped: the request that a scope belongs to.</summary>
internal sealed class RequestScope
{
    /// <summary>Null when there is no request, for example in a background service.</summary>
    public SentRequest? Request { get; set; }

    public Caller Caller => Request?.Caller ?? Caller.Anonymous;
}
