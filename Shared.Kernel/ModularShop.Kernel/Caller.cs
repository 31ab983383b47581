namespace ModularShop.Kernel;

/// <summary>Who acts. It goes from the pipeline of a request to the unit of work and to the events that this publishes.</summary>
/// <param name="Subject">The id that the issuer of tokens gave; null for somebody who did not say who they are.</param>
/// <param name="Roles">What the subject may do beside what everybody may.</param>
internal sealed record Caller(string? Subject, IReadOnlyList<string> Roles)
{
    public static Caller Anonymous { get; } = new(null, []);

    /// <summary>The person who runs the process, at a command line or another program of this machine.</summary>
    public static Caller LocalOperator { get; } = new("operator", ["admin"]);

    /// <summary>The one whose request set off an event. Roles are not kept in events.</summary>
    public static Caller OfEvent(string? actor) => actor is null ? Anonymous : new Caller(actor, []);
}
