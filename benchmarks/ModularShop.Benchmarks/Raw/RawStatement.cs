using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Benchmarks.Raw;

/// <summary>A text, a number or nothing, without a box around it.</summary>
internal readonly record struct RawValue(string? Text, long? Number)
{
    public static implicit operator RawValue(string? text) => new(text, null);

    public static implicit operator RawValue(long number) => new(null, number);

    public static implicit operator RawValue(long? number) => new(null, number);
}

/// <summary>A prepared statement as near to SQLite as C# comes: ADO.NET's parameters alone would cost as much as the writing.</summary>
internal sealed class RawStatement(SqliteConnection connection, string sql) : IDisposable
{
    private readonly sqlite3_stmt statement = Prepare(connection.Handle!, sql);

    /// <summary>Runs it with its parameters in their order.</summary>
    public void Run(params ReadOnlySpan<RawValue> values)
    {
        Bind(values);
        while (Step()) { }
        Reset();
    }

    /// <summary>The same for the insert of a row.</summary>
    /// <returns>The row's number.</returns>
    public long Insert(params ReadOnlySpan<RawValue> values)
    {
        Run(values);
        return raw.sqlite3_last_insert_rowid(connection.Handle!);
    }

    /// <summary>The number in the first column of the first row; null when there is none.</summary>
    public long? Scalar(params ReadOnlySpan<RawValue> values)
    {
        Bind(values);
        long? number = Step() ? Number(0) : null;
        while (number is not null && Step()) { }
        Reset();
        return number;
    }

    /// <summary>Gives it its parameters. Its rows are had by <see cref="Step"/>; <see cref="Reset"/> ends it.</summary>
    public void Bind(params ReadOnlySpan<RawValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Check(
                values[i] switch
                {
                    { Number: { } number } => raw.sqlite3_bind_int64(statement, i + 1, number),
                    { Text: { } text } => raw.sqlite3_bind_text(statement, i + 1, text),
                    _ => raw.sqlite3_bind_null(statement, i + 1),
                }
            );
        }
    }

    /// <summary>Goes to the next row; false behind the last.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        return result is raw.SQLITE_ROW || (result is raw.SQLITE_DONE ? false : throw Failed(result));
    }

    public void Reset() => Check(raw.sqlite3_reset(statement));

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>A text in UTF-8, valid until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();

    private static sqlite3_stmt Prepare(sqlite3 handle, string sql)
    {
        var result = raw.sqlite3_prepare_v2(handle, sql, out var statement);
        return result is raw.SQLITE_OK
            ? statement
            : throw new InvalidOperationException($"{sql}: {raw.sqlite3_errmsg(handle).utf8_to_string()}");
    }

    private void Check(int result)
    {
        if (result is not raw.SQLITE_OK)
        {
            throw Failed(result);
        }
    }

    private InvalidOperationException Failed(int result) =>
        new($"SQLite gave {result}: {raw.sqlite3_errmsg(connection.Handle!).utf8_to_string()}");
}
