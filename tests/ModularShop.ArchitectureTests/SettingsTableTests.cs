using System.Runtime.CompilerServices;
using ModularShop.ArchitectureTests.Rules;
using ModularShop.Kernel;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace ModularShop.ArchitectureTests;

internal sealed class SettingsTableTests
{
    private const string Begin = "<!-- The table of settings is written by SettingsTableTests, from KernelOptions.cs. -->\n";
    private const string End = "\n<!-- End of the table of settings. -->";

    private static SettingsTable Table => new(typeof(KernelOptions), KernelOptions.Section);

    [Test]
    public void Every_setting_has_a_range_and_says_what_it_is() => Assert.That(Table.Violations(), Is.Empty);

    [Test]
    public void A_setting_without_a_range_or_a_comment_is_caught() =>
        Assert.That(
            new SettingsTable(typeof(IncompleteOptions), "X").Violations(),
            Is.EqualTo([
                "X:Group:Unbounded has no [Range], so that values with which nothing works are accepted: say the least and the greatest one.",
                "X:Group:Silent has no <summary>, which says in docs/configuration.md what it is.",
                "X:Group:Wrong is 11 by default, but it is a whole number from 1 to 10, written in digits alone.",
            ])
        );

    [Test]
    public void The_table_of_settings_is_what_the_options_say()
    {
        var file = Path.Combine(Root(), "docs", "configuration.md");
        var text = File.ReadAllText(file);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.That(begin, Is.Positive, "docs/configuration.md has no place for the table of settings.");
        var updated = $"{text[..(begin + Begin.Length)]}\n{Table.Markdown()}\n{text[end..]}";

        if (updated != text)
        {
            File.WriteAllText(file, updated);
            Assert.Fail("The settings have changed. Their table in docs/configuration.md was updated: review and commit it.");
        }
    }

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    internal sealed class IncompleteOptions
    {
        public IncompleteGroup Group { get; init; } = new();
    }

    internal sealed class IncompleteGroup
    {
        /// <summary>Any number.</summary>
        public int Unbounded { get; init; }

        [Range(1, 10)]
        public int Silent { get; init; } = 1;

        /// <summary>Not its own default.</summary>
        [Range(1, 10)]
        public int Wrong { get; init; } = 11;
    }
}
