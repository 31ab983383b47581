using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// A statement that is prepared once and run many times. It uses SQLite's native interface: ADO.NET creates a command, a parameter
/// collection and a reader for each execution, which took longer than SQLite itself.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private const int MaxBytesOnStack = 512;
    private const int GuidLength = 36;

    private readonly PreparedConnection connection;
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly string[] names;
    private readonly string sql;

    /// <exception cref="SqliteException">The text is not valid SQL.</exception>
    /// <exception cref="ArgumentException">The text contains more than one statement.</exception>
    public PreparedStatement(PreparedConnection connection, string sql)
    {
        this.connection = connection;
        this.sql = sql;
        database = connection.Handle!;
        var result = raw.sqlite3_prepare_v3(database, utf8z.FromString(sql), raw.SQLITE_PREPARE_PERSISTENT, out statement, out var rest);
        Check(result);
        if (!string.IsNullOrWhiteSpace(rest.utf8_to_string()))
        {
            statement.Dispose();
            throw new ArgumentException($"More than one statement: {sql}", nameof(sql));
        }
        names =
        [
            .. Enumerable
                .Range(1, raw.sqlite3_bind_parameter_count(statement))
                .Select(index => raw.sqlite3_bind_parameter_name(statement, index).utf8_to_string()),
        ];
    }

    /// <returns>The number of changed rows.</returns>
    public int Execute(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        Run(parameters);
        return raw.sqlite3_changes(database);
    }

    /// <returns>The row id of the inserted row.</returns>
    public long Insert(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        Run(parameters);
        return raw.sqlite3_last_insert_rowid(database);
    }

    /// <summary>Runs it with values in the order of its parameters.</summary>
    /// <returns>The id of the inserted row. Not meaningful for other statements: it is that of an earlier INSERT then.</returns>
    public long Run(ReadOnlySpan<object?> values)
    {
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                Check(Bind(i + 1, values[i]));
            }
            while (Step()) { }
        }
        finally
        {
            End();
        }
        return raw.sqlite3_last_insert_rowid(database);
    }

    /// <returns>The first column of the first row; null when there is none.</returns>
    public object? Scalar(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            Bind(parameters);
            if (!Step())
            {
                return null;
            }
            var value = FirstColumn();
            while (Step()) { }
            return value;
        }
        finally
        {
            End();
        }
    }

    public void Dispose() => statement.Dispose();

    private void Run(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            Bind(parameters);
            while (Step()) { }
        }
        finally
        {
            End();
        }
    }

    // Clears the parameters at once: a payload can be large, and each execution binds all parameters again.
    private void End()
    {
        raw.sqlite3_reset(statement);
        raw.sqlite3_clear_bindings(statement);
    }

    private bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result is raw.SQLITE_ROW)
        {
            return true;
        }
        if (result is not raw.SQLITE_DONE)
        {
            Check(result);
        }
        return false;
    }

    private void Check(int result)
    {
        if (result is raw.SQLITE_OK)
        {
            return;
        }
        try
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
        catch (SqliteException e)
        {
            connection.Note(e);
            throw;
        }
    }

    private object? FirstColumn() =>
        raw.sqlite3_column_type(statement, 0) switch
        {
            raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, 0),
            raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, 0),
            raw.SQLITE_TEXT => raw.sqlite3_column_text(statement, 0).utf8_to_string(),
            raw.SQLITE_BLOB => raw.sqlite3_column_blob(statement, 0).ToArray(),
            _ => null,
        };

    private void Bind(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (parameters.Length != names.Length)
        {
            throw new ArgumentException($"{names.Length} parameters are due, {parameters.Length} were given: {sql}");
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            var (name, value) = parameters[i];
            // Parameters are usually given in the order of the statement.
            var index = names[i] == name ? i : Array.IndexOf(names, name);
            if (index < 0)
            {
                throw new ArgumentException($"There is no {name}: {sql}");
            }
            Check(Bind(index + 1, value));
        }
    }

    // Values are bound as EF Core binds them, so that either finds what the other has written.
    private int Bind(int index, object? value) =>
        value switch
        {
            null => raw.sqlite3_bind_null(statement, index),
            long number => raw.sqlite3_bind_int64(statement, index, number),
            int number => raw.sqlite3_bind_int64(statement, index, number),
            bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
            double number => raw.sqlite3_bind_double(statement, index, number),
            string text => BindText(index, text),
            Guid id => BindId(index, id),
            byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
            _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be bound: {sql}"),
        };

    private int BindText(int index, string text)
    {
        if (text.Length == 0)
        {
            return raw.sqlite3_bind_text(statement, index, text); // SQLite would bind an empty span as NULL.
        }
        var length = Encoding.UTF8.GetByteCount(text);
        var rented = length > MaxBytesOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        try
        {
            var utf8 = rented ?? stackalloc byte[MaxBytesOnStack];
            return raw.sqlite3_bind_text(statement, index, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private int BindId(int index, Guid id)
    {
        Span<byte> utf8 = stackalloc byte[GuidLength];
        id.TryFormat(utf8, out _);
        Ascii.ToUpperInPlace(utf8, out _);
        return raw.sqlite3_bind_text(statement, index, utf8);
    }
}
