using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Changes a module's file while no application holds it, as crashes, operators and restores do.</summary>
internal static class ModuleFile
{
    public static string Of(string directory, string module) => Path.Combine(directory, $"{module}.db");

    public static void Execute(string directory, string module, string sql)
    {
        using var connection = Open(directory, module);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(string directory, string module, string sql)
    {
        using var connection = Open(directory, module);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static void OverwriteFirstPage(string directory, string module)
    {
        using var file = File.OpenWrite(Of(directory, module));
        file.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
    }

    private static SqliteConnection Open(string directory, string module)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Of(directory, module), Pooling = false }.ToString()
        );
        connection.Open();
        return connection;
    }
}
