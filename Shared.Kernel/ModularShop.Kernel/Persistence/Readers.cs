using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Connections that only read, and never wait for the writer. They stay open, so that their statements stay prepared from one
/// request to the next.
/// </summary>
internal sealed class Readers(string connectionString) : IDisposable
{
    // Each has a cache of pages and its statements. More than a module's requests have threads, and who reads its log besides.
    private const int MaxIdle = 32;

    private readonly Lock gate = new();
    private readonly Stack<PreparedConnection> idle = new();
    private bool isClosed;

    public Reader Open()
    {
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

    public void GiveBack(PreparedConnection connection)
    {
        lock (gate)
        {
            // One whose rows or transaction somebody forgot to close would see the file as it was then, for ever.
            if (!isClosed && connection.IsAtRest && idle.Count < MaxIdle)
            {
                idle.Push(connection);
                return;
            }
        }
        connection.Dispose();
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
    private bool isGivenBack;

    public PreparedConnection Connection => connection;

    /// <summary>
    /// What a caller can act on in place of an exception of code that read within a scope; null when the scope's reader does not
    /// say that it comes from there. Damage to the file is made known.
    /// </summary>
    public static Exception? Failure(Exception exception, IServiceProvider scope)
    {
        if (!SqliteErrors.IsUntold(exception) || scope.GetService<ModuleDatabase>() is not { } database)
        {
            return null;
        }
        var failure = database.Failed(exception, scope.GetRequiredService<Reader>().Connection);
        return failure == exception ? null : failure;
    }

    public void Dispose()
    {
        if (!isGivenBack)
        {
            isGivenBack = true;
            readers.GiveBack(connection);
        }
    }
}
