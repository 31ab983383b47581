using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Persistence;

/// <summary>The module's file could not be used; nothing of the unit of work was acknowledged.</summary>
public sealed class StorageException : Exception
{
    public StorageException(Exception cause)
        : this(SqliteErrors.FaultOf(cause), cause) { }

    public StorageException(StorageFault fault, Exception? cause = null)
        : base($"The module's file could not be used: {fault.Reason}", cause) => Fault = fault;

    public StorageFault Fault { get; }

    /// <summary>It was written, whole or in part: the next start may find it or not.</summary>
    public bool MayBeKept { get; init; }
}

/// <summary>The module is stopping and takes no more units of work.</summary>
public sealed class ModuleStoppingException() : Exception("The module is stopping.");

/// <summary>The one place that knows SQLite's error codes.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Interrupted = 9;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int LockingProtocol = 15;
    private const int NotADatabase = 26;
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    /// <summary>What a caller can act on, in place of SQLite's own exception where that says it.</summary>
    public static Exception Translate(Exception exception) =>
        Find<StorageException>(exception) is { } known
            ? known
            : Find<SqliteException>(exception) switch
            {
                { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey } => new ConflictException(
                    "It exists already.",
                    exception
                ),
                { } sqlite when Find(sqlite) is { } fault => new StorageException(fault, exception),
                _ => exception,
            };

    public static bool IsInterrupted(Exception exception) => Find<SqliteException>(exception) is { SqliteErrorCode: Interrupted };

    /// <summary>Whether it tells that something of the file is missing or wrong, and not only that it cannot be read now.</summary>
    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase or IoError;

    public static bool IsIoError(SqliteException exception) => exception.SqliteErrorCode == IoError;

    /// <summary>The fault behind whatever kept a transaction from being written.</summary>
    public static StorageFault FaultOf(Exception cause) =>
        Find<StorageException>(cause)?.Fault
        ?? (Find<SqliteException>(cause) is { } sqlite ? Find(sqlite) : null)
        ?? StorageFault.NotWritten("the transaction was lost");

    private static StorageFault? Find(SqliteException exception)
    {
        var detail = SQLitePCL.raw.sqlite3_errstr(exception.SqliteErrorCode).utf8_to_string();
        return exception.SqliteErrorCode switch
        {
            Full => StorageFault.Full(detail),
            ReadOnly => StorageFault.ReadOnly(detail),
            Busy or Locked or LockingProtocol => StorageFault.Locked(detail),
            CannotOpen => StorageFault.NotOpened(detail),
            IoError => StorageFault.NotWritten(detail),
            Corrupt or NotADatabase => StorageFault.Damaged(detail),
            _ => null,
        };
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not null and not T)
        {
            exception = exception.InnerException;
        }
        return (T?)exception;
    }
}
