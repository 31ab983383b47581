using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// Connections that only read, and never wait for the writer. They stay open, so that their statements stay prepared from one
/// request to the next.
/// </summary>
internal sealed class Readers(string connectionString) : IDisposable
{
    // Each has a page cache and prepared statements. There are more than a module's requests have threads, so that those who
    // read its log find one too.
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
    /// Delays new readers until <see cref="LetGo"/>. SQLite has slots for four snapshots of the log that readers may need. While all
    /// are taken, a new reader shares an old one and keeps it in use for longer.
    /// </summary>
    /// <param name="atMost">No reader is delayed for longer than this.</param>
    public void HoldBack(TimeSpan atMost)
    {
        lock (gate)
        {
            heldBack = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), atMost);
        }
    }

    /// <summary>Lets the readers go on that are held back.</summary>
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

    /// <summary>Closes those that nobody uses now, the others when they are given back.</summary>
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

/// <summary>One of them, for as long as it is needed. Used by one thread at a time.</summary>
internal sealed class Reader(Readers readers, PreparedConnection connection) : IDisposable
{
    private bool hasSnapshot;
    private bool isGivenBack;

    public PreparedConnection Connection => connection;

    /// <summary>
    /// From its first statement on it sees the file as it was then, until it is disposed of. While a snapshot lasts, SQLite
    /// cannot reuse the WAL from its beginning: it is for one query, and not for longer.
    /// </summary>
    public void BeginSnapshot()
    {
        connection.Statement("BEGIN").Execute([]);
        hasSnapshot = true;
    }

    /// <summary>
    /// What a caller can act on in place of an exception of code that read within a scope; null when the scope's reader does not
    /// say that it comes from there. Damage to the file is made known.
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
