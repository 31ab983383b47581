using System.Text.RegularExpressions;

namespace ModularShop.ArchitectureTests;

/// <summary>What all tests have in common.</summary>
internal sealed partial class TestCodeTests
{
    private const int LongestName = 90;

    private static readonly string Tests = Path.Combine(Shop.Folder, "tests");

    private static readonly IReadOnlyList<(string File, string Code)> Sources =
    [
        .. Directory
            .EnumerateFiles(Tests, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Tests, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .Select(file => (file, File.ReadAllText(Path.Combine(Tests, file)))),
    ];

    [Test]
    public void The_name_of_a_test_is_a_sentence_of_90_characters_at_most()
    {
        var names = Sources.SelectMany(source => Test().Matches(source.Code)).Select(test => test.Groups["name"].Value).ToList();

        Assert.That(names, Has.Count.GreaterThan(700));
        Assert.That(names.Where(name => name.Length > LongestName), Is.Empty);
    }

    // Only TestClient shows what the server logged when a request failed.
    [Test]
    public void Tests_send_requests_with_the_client_that_all_of_them_use()
    {
        var others = Sources.Where(source => !source.File.StartsWith("ModularShop.Testing", StringComparison.Ordinal));

        Assert.That(
            others.Where(source => OtherClient().IsMatch(source.Code)).Select(source => source.File),
            // The import takes a client that refuses its first request.
            Is.EqualTo([Path.Combine("ModularShop.Import.Tests", "ImportTests.cs")])
        );
    }

    [GeneratedRegex(@"public (static )?(async )?(Task|Task<\w+>|void|\w+) (?<name>[A-Z][A-Za-z0-9]*_\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex(@"new HttpClient\(|^using System\.Net\.Http\.Json;", RegexOptions.Multiline)]
    private static partial Regex OtherClient();
}
