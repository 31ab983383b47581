using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ModularShop.Kernel.Http;

/// <summary>A resource that is changed under <c>If-Match</c>: its version goes out as the ETag of the answer.</summary>
public interface IVersioned
{
    /// <summary>Grows by one with every change.</summary>
    long Version { get; }
}

/// <summary>The value of an <c>If-Match</c> header: the versions that the caller accepts. Bind it with <c>[FromHeader(Name = "If-Match")]</c>.</summary>
public sealed class IfMatch : IParsable<IfMatch>
{
    private IfMatch(long[] versions, bool any)
    {
        Versions = versions;
        Any = any;
    }

    public IReadOnlyList<long> Versions { get; }

    /// <summary>Whether every version is accepted: <c>*</c>.</summary>
    public bool Any { get; }

    /// <exception cref="PreconditionFailedException">The resource has a version that the caller does not accept.</exception>
    public void Check(long version)
    {
        if (!Any && !Versions.Contains(version))
        {
            throw new PreconditionFailedException($"It was changed meanwhile: its ETag is now \"{version}\".");
        }
    }

    public static IfMatch Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no list of ETags.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out IfMatch result)
    {
        result = null;
        if (string.IsNullOrWhiteSpace(s))
        {
            return false;
        }
        if (s.Trim() == "*")
        {
            result = new IfMatch([], any: true);
            return true;
        }
        var versions = new List<long>();
        foreach (var tag in s.Split(',', StringSplitOptions.TrimEntries))
        {
            if (tag.Length < 2 || tag[0] != '"' || tag[^1] != '"')
            {
                return false;
            }
            // A well-formed tag that is not ours matches nothing.
            if (long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                versions.Add(version);
            }
        }
        result = new IfMatch([.. versions], any: false);
        return true;
    }
}
