using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>Converts exceptions to failures of this file, and reports when it can no longer be used.</summary>
internal sealed partial class ModuleDatabase
{
    private int broken;

    /// <summary>Raised once, when the file is found to be damaged or lost and can no longer be used.</summary>
    public event Action<StorageFault>? Broke;

    /// <summary>
    /// Converts an exception that comes from this file to a <see cref="StorageException"/>. Raises <see cref="Broke"/> if the file is
    /// damaged.
    /// </summary>
    public StorageException Failed(Exception exception) =>
        exception is StorageException known && known.Database == this
            ? known
            : Failed(SqliteErrors.FaultOf(exception) ?? StorageFault.NotWritten("the transaction was lost"), exception);

    /// <summary>The exception for the writer's last statement that failed because of the file; null when none did.</summary>
    public StorageException? FailureOfStatement => Writer.FileFailure is { } failure ? Failed(failure) : null;

    /// <summary>The exception for a known fault. Raises <see cref="Broke"/> if the fault cannot pass by itself.</summary>
    public StorageException Failed(StorageFault fault, Exception? cause = null)
    {
        if (!fault.MayPassByItself)
        {
            Break(fault);
        }
        return new StorageException(fault, cause) { Database = this };
    }

    /// <summary>
    /// Converts an exception of code that used a connection of this file. It is attributed to the file only if the connection reports
    /// the same error, because the code may use other databases or throw any exception.
    /// </summary>
    public Exception Failed(Exception exception, PreparedConnection connection)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is StorageException known && known.Database == this)
            {
                return known; // Read inside the code, and converted already.
            }
            if (cause is SqliteException sqlite && connection.FailedWith(sqlite))
            {
                return SqliteErrors.IsDuplicate(sqlite) ? new ConflictException("It exists already.", exception)
                    : SqliteErrors.TellsOfFile(sqlite) ? Failed(exception: sqlite)
                    : exception;
            }
        }
        return exception;
    }

    private void Break(StorageFault fault)
    {
        if (Interlocked.Exchange(ref broken, 1) == 0)
        {
            Broke?.Invoke(fault);
        }
    }
}
