using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Tests.Backups;

internal sealed class TableComparisonTests
{
    private const string Tables = """
        CREATE TABLE people (sequence INTEGER PRIMARY KEY AUTOINCREMENT, person_id TEXT NOT NULL UNIQUE);
        CREATE TABLE visits (person_sequence INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (person_sequence, day)) WITHOUT ROWID;
        """;

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public void A_replay_may_number_rows_anew_where_SQLite_numbers_them()
    {
        var before = Write("before", "INSERT INTO people VALUES (1, 'ann'), (2, 'bob'); INSERT INTO visits VALUES (1, 7), (2, 8)");
        var after = Write("after", "INSERT INTO people VALUES (1, 'bob'), (5, 'ann'); INSERT INTO visits VALUES (5, 7), (1, 8)");

        var comparison = TableComparison.Of(before, after);

        Assert.That(comparison.Differences, Is.Empty);
        Assert.That((comparison.Count, comparison.Rows), Is.EqualTo((2, 4)));
    }

    [Test]
    public void A_reference_to_another_row_is_a_difference()
    {
        var before = Write("before", "INSERT INTO people VALUES (1, 'ann'), (2, 'bob'); INSERT INTO visits VALUES (1, 7), (2, 8)");
        var after = Write("after", "INSERT INTO people VALUES (1, 'bob'), (2, 'ann'); INSERT INTO visits VALUES (1, 7), (2, 8)");

        var differences = TableComparison.Of(before, after).Differences;

        Assert.That(differences, Has.Count.EqualTo(1));
        Assert.That(differences[0], Does.StartWith("Table visits differs").And.EndWith("The first is ann, 7."));
    }

    [Test]
    public void To_refer_to_a_row_that_is_not_there_is_not_to_refer_to_none()
    {
        const string calls = "CREATE TABLE calls (id TEXT NOT NULL PRIMARY KEY, person_sequence INTEGER);";
        var before = Write("before", calls + "INSERT INTO calls VALUES ('first', 9)");
        var after = Write("after", calls + "INSERT INTO calls VALUES ('first', NULL)");

        var differences = TableComparison.Of(before, after).Differences;

        Assert.That(differences, Has.Count.EqualTo(1));
        Assert.That(differences[0], Does.StartWith("Table calls differs").And.EndWith("The first is first."));
    }

    private string Write(string name, string rows)
    {
        var file = Path.Combine(directory, name);
        using var connection = ModuleFile.Open(file);
        connection.Execute(Tables + rows);
        return file;
    }
}
