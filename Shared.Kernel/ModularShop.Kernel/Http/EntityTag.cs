using System.Diagnostics.CodeAnalysis;
using Microsoft.Net.Http.Headers;

namespace ModularShop.Kernel.Http;

/// <summary>A resource that is changed under <c>If-Match</c>. Its version is the ETag of the answer.</summary>
public interface IVersioned
{
    /// <summary>Increases by one with every change.</summary>
    long Version { get; }
}

/// <summary>
/// The value of an <c>If-Match</c> header: the versions that the caller accepts. Bind it with
/// <c>[FromHeader(Name = "If-Match")]</c>.
/// </summary>
public sealed class IfMatch : IParsable<IfMatch>
{
    private readonly IList<EntityTagHeaderValue> tags;

    private IfMatch(IList<EntityTagHeaderValue> tags) => this.tags = tags;

    /// <summary>
    /// The tags as they were sent. Under an Idempotency-Key, commands are compared by their properties, and therefore by this one.
    /// </summary>
    public string Value => string.Join(", ", tags);

    /// <exception cref="PreconditionFailedException">The caller does not accept the current version of the resource.</exception>
    public void Check(long version)
    {
        var current = Tag(version);
        // The strong comparison applies (RFC 9110, section 13.1.1): a weak tag matches no tag.
        if (!tags.Any(tag => IsAny(tag) || tag.Compare(current, useStrongComparison: true)))
        {
            throw new PreconditionFailedException($"If-Match does not name its version: its ETag is now {current}.");
        }
    }

    public static IfMatch Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no list of ETags.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out IfMatch result)
    {
        // A star is valid only if there is no other tag.
        var isRead =
            EntityTagHeaderValue.TryParseStrictList([s ?? ""], out var tags) && tags.Count > 0 && (tags.Count == 1 || !tags.Any(IsAny));
        result = isRead ? new IfMatch(tags!) : null;
        return isRead;
    }

    internal static EntityTagHeaderValue Tag(long version) => new($"\"{version}\"");

    private static bool IsAny(EntityTagHeaderValue tag) => tag.Equals(EntityTagHeaderValue.Any);
}
