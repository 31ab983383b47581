using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ModularShop.ArchitectureTests;

/// <summary>What the documents refer to exists, also after files and headings were renamed.</summary>
internal sealed partial class DocumentTests
{
    private static readonly string[] Documents =
    [
        "README.md",
        "ARCHITECTURE.md",
        "tests/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories).Select(Relative).Order(),
    ];

    [TestCaseSource(nameof(Documents))]
    public void Every_link_of_a_document_leads_to_a_file_and_heading_that_exist(string document)
    {
        var links = Link().Matches(WithoutCode(document)).Where(link => !link.Value.Contains("://", StringComparison.Ordinal));

        Assert.That(links.Where(link => !Exists(document, link)).Select(link => link.Value), Is.Empty);
    }

    [Test]
    public void Every_source_file_that_a_document_names_exists()
    {
        var files = Directory.EnumerateFiles(Root(), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileName).ToHashSet();
        // A checklist names files that its reader is to write. XModule.cs stands for any module's.
        var named = Documents
            .Where(document => !document.EndsWith("adding-a-module.md", StringComparison.Ordinal))
            .SelectMany(document => SourceFile().Matches(File.ReadAllText(Path.Combine(Root(), document))))
            .Select(name => name.Value)
            .Where(name => name != "XModule.cs")
            .ToHashSet();

        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Except(files), Is.Empty);
    }

    private static bool Exists(string document, Match link)
    {
        var target = link.Groups["path"].Value;
        var file = target.Length == 0 ? document : Relative(Path.Combine(Root(), Path.GetDirectoryName(document)!, target));
        var path = Path.Combine(Root(), file);
        return link.Groups["heading"] is { Success: true } heading
            ? File.Exists(path) && AnchorsOf(file).Contains(heading.Value)
            : File.Exists(path) || Directory.Exists(path);
    }

    // As GitHub makes them: in lower case, without punctuation, with a hyphen for each space.
    private static IEnumerable<string> AnchorsOf(string document) =>
        Heading()
            .Matches(WithoutCode(document))
            .Select(heading => Punctuation().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutCode(string document) => Code().Replace(File.ReadAllText(Path.Combine(Root(), document)), "");

    private static string Relative(string path) => Path.GetRelativePath(Root(), Path.GetFullPath(path));

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+?)\\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[A-Z][\w.]*\.cs\b")]
    private static partial Regex SourceFile();
}
