using Microsoft.Data.Sqlite;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>One connection with the settings that a module's file has, and its prepared statements. Used by one thread at a time.</summary>
internal sealed class RawFile : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly List<SqliteCommand> commands = [];
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;

    public RawFile(string path)
    {
        connection = BusFiles.Open(path);
        BusFiles.Execute(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
        begin = Prepare("BEGIN IMMEDIATE", parameters: 0);
        commit = Prepare("COMMIT", parameters: 0);
    }

    /// <summary>A statement with the parameters $1, $2 and so on.</summary>
    public SqliteCommand Prepare(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var parameter = 1; parameter <= parameters; parameter++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${parameter}" });
        }
        commands.Add(command);
        return command;
    }

    public static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var parameter = 0; parameter < values.Length; parameter++)
        {
            command.Parameters[parameter].Value = values[parameter];
        }
        command.ExecuteNonQuery();
    }

    public void Begin() => begin.ExecuteNonQuery();

    public void Commit() => commit.ExecuteNonQuery();

    public void Dispose()
    {
        commands.ForEach(command => command.Dispose());
        connection.Dispose();
    }
}
