using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ModularShop.ArchitectureTests;

internal sealed partial class GuaranteesTests
{
    [Test]
    public void Every_guarantee_names_tests_that_exist()
    {
        var promised = Name().Matches(Promises()).Select(name => name.Groups["name"].Value).ToHashSet();
        var tests = Directory
            .EnumerateFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Test().Matches(File.ReadAllText(file)))
            .Select(test => test.Groups["name"].Value)
            .ToHashSet();

        Assert.That(promised, Is.Not.Empty);
        Assert.That(promised.Except(tests), Is.Empty);
    }

    [Test]
    public void Every_row_of_the_guarantees_names_a_test()
    {
        var rows = Promises()
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| promise", StringComparison.Ordinal));

        Assert.That(rows.Where(row => !Name().IsMatch(row)), Is.Empty);
    }

    // From the heading to the end of the document. The summary before it names no tests.
    private static string Promises()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "guarantees.md"));
        var start = text.IndexOf("\n## The promises and their tests\n", StringComparison.Ordinal);
        Assert.That(start, Is.Positive, "docs/guarantees.md has no section 'The promises and their tests'.");
        return text[start..];
    }

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    [GeneratedRegex("`(?<name>[A-Z][a-z]*(_[A-Za-z0-9]+){2,})`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(Task|void) (?<name>[A-Z]\w+)\(")]
    private static partial Regex Test();
}
