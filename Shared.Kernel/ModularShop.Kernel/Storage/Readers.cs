using Microsoft.Extensions.DependencyInjection;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// Connections that only read and never wait for the writer. They stay open, so that their statements stay prepared between requests.
/// </summary>
internal sealed class Readers(string connectionString) : IDisposable
{
    // Each connection has a page cache and prepared statements. The number is greater than the threads of a module's requests, so that
    // subscribers that read its event log reuse connections too.
    private const int MaxIdle = 32;

    private readonly Lock gate = new();
    private readonly Stack<PreparedConnection> idle = new();
    private bool isClosed;
    private (TaskCompletionSource Until, TimeSpan AtMost)? heldBack;

    public Reader Open()
    {
        WaitWhileHeldBack();
        lock (gate)
        {
            if (idle.TryPop(out var open))
            {
                return new Reader(this, open);
            }
        }
        var connection = new PreparedConnection(connectionString);
        try
        {
            connection.Open();
            return new Reader(this, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Delays new readers until <see cref="LetGo"/>. SQLite supports four snapshots of the WAL at a time. While all are in use, a new
    /// reader shares an old snapshot and keeps it in use for longer.
    /// </summary>
    /// <param name="atMost">The longest delay of a reader.</param>
    public void HoldBack(TimeSpan atMost)
    {
        lock (gate)
        {
            heldBack = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), atMost);
        }
    }

    /// <summary>The memory of the page caches of the connections that are not in use now.</summary>
    public long CacheBytes
    {
        get
        {
            lock (gate)
            {
                return idle.Sum(connection =>
                    raw.sqlite3_db_status(connection.Handle, raw.SQLITE_DBSTATUS_CACHE_USED, out var bytes, out _, 0) == raw.SQLITE_OK
                        ? (long)bytes
                        : 0
                );
            }
        }
    }

    /// <summary>Releases the delayed readers.</summary>
    public void LetGo()
    {
        TaskCompletionSource? until;
        lock (gate)
        {
            until = heldBack?.Until;
            heldBack = null;
        }
        until?.SetResult();
    }

    public void GiveBack(PreparedConnection connection)
    {
        lock (gate)
        {
            // A connection with an open result set or transaction would keep its old snapshot of the file.
            if (!isClosed && connection.IsAtRest && idle.Count < MaxIdle)
            {
                idle.Push(connection);
                return;
            }
        }
        connection.Dispose();
    }

    private void WaitWhileHeldBack()
    {
        (TaskCompletionSource Until, TimeSpan AtMost)? held;
        lock (gate)
        {
            held = heldBack;
        }
        held?.Until.Task.Wait(held.Value.AtMost);
    }

    /// <summary>Closes the unused connections now, the others when they are returned.</summary>
    public void Dispose()
    {
        PreparedConnection[] unused;
        lock (gate)
        {
            isClosed = true;
            unused = [.. idle];
            idle.Clear();
        }
        foreach (var connection in unused)
        {
            connection.Dispose();
        }
    }
}

/// <summary>One of the connections, for as long as it is needed. Used by one thread at a time.</summary>
internal sealed class Reader(Readers readers, PreparedConnection connection) : IDisposable
{
    private bool hasSnapshot;
    private bool isGivenBack;

    public PreparedConnection Connection => connection;

    /// <summary>
    /// Begins a snapshot: from its first statement on, the reader sees the file as it was then, until it is disposed of. During a
    /// snapshot SQLite cannot reuse the WAL from its start, so it must not last longer than one query.
    /// </summary>
    public void BeginSnapshot()
    {
        connection.Statement("BEGIN").Execute([]);
        hasSnapshot = true;
    }

    /// <summary>
    /// Converts an exception of code that read within a scope; null when it does not come from the scope's reader. Reports damage of
    /// the file.
    /// </summary>
    public static Exception? Failure(Exception exception, IServiceProvider scope)
    {
        if (!SqliteErrors.IsUntranslated(exception) || scope.GetService<ModuleDatabase>() is not { } database)
        {
            return null;
        }
        var failure = database.Failed(exception, scope.GetRequiredService<Reader>().Connection);
        return failure == exception ? null : failure;
    }

    public void Dispose()
    {
        if (isGivenBack)
        {
            return;
        }
        isGivenBack = true;
        if (hasSnapshot)
        {
            connection.EndSnapshot();
        }
        readers.GiveBack(connection);
    }
}
