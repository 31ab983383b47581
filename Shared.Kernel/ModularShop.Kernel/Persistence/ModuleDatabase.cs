using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// A module's one file: the connection of its single writer, and read-only connections beside it. The file is
/// readable and writable by its owner only; SQLite gives the same mode to the WAL beside it.
/// </summary>
internal sealed class ModuleDatabase : IDisposable
{
    private readonly string readOnly;

    private ModuleDatabase(string file, SqliteConnection writer)
    {
        File = file;
        Writer = writer;
        Epoch = KernelSchema.Epoch(writer);
        readOnly = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly }.ToString();
    }

    public string File { get; }

    /// <summary>The only connection that writes. Used by one thread at a time: the writer's.</summary>
    public SqliteConnection Writer { get; }

    /// <summary>Identifies this log: another file has another epoch. A copy of this file has the same.</summary>
    public string Epoch { get; }

    public string ReadOnlyConnectionString => readOnly;

    /// <exception cref="SqliteException">The file cannot be opened, or is no SQLite database.</exception>
    public static ModuleDatabase Open(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            CreatePrivate(file);
        }
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            writer.Open();
            using (var pragmas = writer.CreateCommand())
            {
                // FULL: with NORMAL a power cut can lose positions that subscribers have checkpointed past.
                // 4000 pages: the default of 1000 makes the writer checkpoint too often; more gives stalls.
                // secure_delete: whoever is erased is not to be found in the free space of the file either.
                pragmas.CommandText = """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA foreign_keys = ON;
                    PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA secure_delete = ON;
                    """;
                pragmas.ExecuteNonQuery();
            }
            KernelSchema.Apply(writer);
            return new ModuleDatabase(file, writer);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>A pooled connection that cannot write and never waits for the writer.</summary>
    public SqliteConnection OpenReadOnly()
    {
        var connection = new SqliteConnection(readOnly);
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        ForgetReaders();
        Writer.Dispose();
    }

    /// <summary>Closes the readers now, the writer's connection once nobody writes any more: closed earlier, it would be opened again.</summary>
    public void DisposeAfter(Task writing)
    {
        if (writing.IsCompleted)
        {
            Dispose();
            return;
        }
        ForgetReaders();
        _ = writing.ContinueWith(_ => Writer.Dispose(), TaskScheduler.Default);
    }

    private void ForgetReaders()
    {
        using var pooled = new SqliteConnection(readOnly);
        SqliteConnection.ClearPool(pooled);
    }

    private static void CreatePrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        new FileStream(file, options).Dispose();
    }
}
