using System.Text.RegularExpressions;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// A module must not mention what transports its events, in which process it or another module runs, or an address: in no name, string or
/// comment. So it runs unchanged in every topology.
/// </summary>
internal static partial class TransportRule
{
    public static IReadOnlyList<string> Violations(IEnumerable<(string File, string Text)> sources) =>
        [.. sources.SelectMany(source => Transport().Matches(source.Text).Select(match => $"{source.File} names {match.Value}"))];

    /// <summary>The source and project files under a folder, without build output.</summary>
    public static IEnumerable<(string File, string Text)> SourcesUnder(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.cs*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Select(file => (file, File.ReadAllText(Path.Combine(folder, file))));

    [GeneratedRegex(
        @"rabbit|amqp|kafka|broker|\bnats\b|jetstream|grpc|HttpClient|HttpMessage|System\.Net\b|\bsockets?\b"
            + @"|topolog(y|ies)|gateway|\bprocess(es)?\b|localhost|127\.0\.0\.1|://",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Transport();
}
