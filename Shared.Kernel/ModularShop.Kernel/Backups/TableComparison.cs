using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Compares all tables of a module in two files by rows and columns. The kernel's tables are left out, and so are generated keys
/// (AUTOINCREMENT). A column <c>x_sequence</c> that refers to such a row is compared by that row's <c>x_id</c>.
/// </summary>
internal sealed record TableComparison(int Count, long Rows, IReadOnlyList<string> Differences)
{
    private const string NumberSuffix = "_sequence";

    // A replay assigns generated keys again, so they may differ.
    private const string IsNumber =
        "pk > 0 AND (SELECT sql LIKE '%AUTOINCREMENT%' FROM main.sqlite_master WHERE type = 'table' AND name = $table)";

    public static TableComparison Of(string before, string after)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = after, Pooling = false }.ToString());
        connection.Open();
        connection.Execute("ATTACH $before AS before", ("$before", before));
        var tables = connection
            .Texts("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
            .Where(table => !table.StartsWith("sqlite_", StringComparison.Ordinal) && !table.StartsWith("__EF", StringComparison.Ordinal))
            .Except(KernelSchema.Tables())
            .Order(StringComparer.Ordinal)
            .ToList();
        var rows = tables.Sum(table => (long)connection.Scalar($"SELECT count(*) FROM main.{Quoted(table)}")!);
        return new TableComparison(tables.Count, rows, [.. tables.Select(table => Difference(connection, table)).OfType<string>()]);
    }

    private static string? Difference(SqliteConnection connection, string table)
    {
        var columns = connection.Texts($"SELECT name FROM pragma_table_info($table) WHERE NOT ({IsNumber})", ("$table", table));
        var key = connection.Texts(
            $"SELECT name FROM pragma_table_info($table) WHERE pk > 0 AND NOT ({IsNumber}) ORDER BY pk",
            ("$table", table)
        );
        var list = string.Join(", ", columns.Select(Quoted));
        var references = columns.Select(column => (Column: column, Row: Reference(connection, table, column))).ToList();
        var (found, due) = (Rows("before"), Rows("main"));
        var tooMany = (long)connection.Scalar($"SELECT count(*) FROM ({found} EXCEPT {due})")!;
        var missing = (long)connection.Scalar($"SELECT count(*) FROM ({due} EXCEPT {found})")!;
        if (tooMany + missing == 0)
        {
            return null;
        }
        var text =
            $"Table {table} differs from a replay of the events: {tooMany:N0} rows should not be there as they are, {missing:N0} should.";
        if (key.Count == 0)
        {
            return text;
        }
        // Only the key is reported: other columns may contain personal data.
        var first = connection.Scalar(
            $"""
            SELECT {string.Join(" || ', ' || ", key.Select(Quoted))}
            FROM (SELECT * FROM ({found} EXCEPT {due}) UNION ALL SELECT * FROM ({due} EXCEPT {found})) LIMIT 1
            """
        );
        return $"{text} The first is {first}.";

        // Equal rows are counted, because EXCEPT alone would treat several as one.
        string Rows(string schema)
        {
            var values = string.Join(
                ", ",
                references.Select(r => $"{r.Row?.In(schema) ?? $"counted.{Quoted(r.Column)}"} AS {Quoted(r.Column)}")
            );
            return $"SELECT {list}, count(*) FROM (SELECT {values} FROM {schema}.{Quoted(table)} counted) GROUP BY {list}";
        }
    }

    // There is no foreign key to find the reference by: with one, SQLite checks each written row, and deletes row by row.
    private static NumberedRow? Reference(SqliteConnection connection, string table, string column)
    {
        if (!column.EndsWith(NumberSuffix, StringComparison.Ordinal))
        {
            return null;
        }
        var id = column[..^NumberSuffix.Length] + "_id";
        var numbered = connection.Texts(
            """
            SELECT m.name FROM main.sqlite_master m
            WHERE m.type = 'table' AND m.name <> $table AND m.sql LIKE '%AUTOINCREMENT%'
                AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = $id AND c."notnull")
                AND EXISTS (
                    SELECT 1 FROM pragma_index_list(m.name) i
                    WHERE i."unique" AND (SELECT group_concat(name) FROM pragma_index_info(i.name)) = $id
                )
            """,
            ("$table", table),
            ("$id", id)
        );
        return numbered is [var only] ? new NumberedRow(column, only, id) : null;
    }

    /// <summary>
    /// A row with a generated key: the column that refers to it, and a column that identifies it independently of the key.
    /// </summary>
    private sealed record NumberedRow(string Column, string Table, string Id)
    {
        // A dangling reference keeps its number: it must not compare equal to NULL.
        public string In(string schema) =>
            $"coalesce((SELECT numbered.{Quoted(Id)} FROM {schema}.{Quoted(Table)} numbered WHERE numbered.rowid = counted.{Quoted(Column)}), counted.{Quoted(Column)})";
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
