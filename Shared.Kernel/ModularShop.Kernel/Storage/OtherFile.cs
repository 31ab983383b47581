using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>Reads a module's file from outside of the module.</summary>
internal static class OtherFile
{
    private const int LockTimeoutSeconds = 2;

    /// <summary>Opens the file without changing it or any file beside it.</summary>
    /// <exception cref="DbException">The file cannot be opened.</exception>
    public static DbConnection OpenReadOnly(string path)
    {
        // Without a WAL, all data is in the file. SQLite would otherwise create a WAL beside it, with the mode of a file that may be
        // read-only.
        var hasLog = new FileInfo($"{path}-wal") is { Exists: true, Length: > 0 };
        var readOnly = new SqliteConnectionStringBuilder
        {
            DataSource = hasLog ? path : $"{new Uri(path).AbsoluteUri}?immutable=1",
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        };
        return Open(readOnly);
    }

    /// <summary>Opens the file of a module that nobody runs, and moves its write-ahead log into it.</summary>
    /// <exception cref="DbException">The file cannot be opened, or another program reads it.</exception>
    public static DbConnection OpenToComplete(string path)
    {
        var connection = Open(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                DefaultTimeout = LockTimeoutSeconds,
            }
        );
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)");
        return connection;
    }

    private static SqliteConnection Open(SqliteConnectionStringBuilder settings)
    {
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
