namespace ModularShop.Kernel;

/// <summary>
/// On whose behalf code runs. It is passed from the pipeline of a request to the unit of work and to the events that it publishes.
/// </summary>
/// <param name="Subject">The id from the issuer of tokens; null for an anonymous caller.</param>
/// <param name="Roles">What the subject may do in addition to what everybody may do.</param>
internal sealed record Caller(string? Subject, IReadOnlyList<string> Roles)
{
    public static Caller Anonymous { get; } = new(null, []);

    /// <summary>The person who runs the process, at its command line or through another program on this machine.</summary>
    public static Caller LocalOperator { get; } = new("operator", ["admin"]);

    /// <summary>The caller whose request caused an event. Events do not contain roles.</summary>
    public static Caller OfEvent(string? actor) => actor is null ? Anonymous : new Caller(actor, []);
}
