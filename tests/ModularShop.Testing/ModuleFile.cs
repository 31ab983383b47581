using Microsoft.Data.Sqlite;

namespace ModularShop.Testing;

/// <summary>A module's file, opened with plain SQLite as other programs do: crashes, operators, backups and restores.</summary>
public static class ModuleFile
{
    public static string Of(string directory, string module) => Path.Combine(directory, $"{module}.db");

    /// <summary>Opens a file. It is closed as soon as the connection is disposed of.</summary>
    public static SqliteConnection Open(string file, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        return connection;
    }

    public static void Execute(string directory, string module, string sql)
    {
        using var connection = Open(Of(directory, module));
        Run(connection, sql);
    }

    public static object? Scalar(string directory, string module, string sql)
    {
        using var connection = Open(Of(directory, module));
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Another program that holds a module's file for writing until it is disposed of.</summary>
    public static SqliteConnection Lock(string directory, string module)
    {
        var connection = Open(Of(directory, module));
        Run(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    public static void OverwriteFirstPage(string directory, string module)
    {
        using var file = File.OpenWrite(Of(directory, module));
        file.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
