using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>All error codes of SQLite that the kernel distinguishes.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int Interrupted = 9;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int LockingProtocol = 15;
    private const int NotADatabase = 26;
    private const int ConstraintForeignKey = 787;
    private const int ConstraintNotNull = 1299;
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    /// <summary>The fault of the file that the exception reports; null when the exception does not concern the file.</summary>
    public static StorageFault? FaultOf(Exception exception) =>
        Find<StorageException>(exception)?.Fault ?? (Find<SqliteException>(exception) is { } sqlite ? FaultOf(sqlite) : null);

    /// <summary>Whether the exception comes from SQLite and was not converted to a <see cref="StorageException"/> yet.</summary>
    public static bool IsUntranslated(Exception exception) =>
        Find<StorageException>(exception) is null && Find<SqliteException>(exception) is not null;

    /// <summary>Whether the exception concerns the database file and not only a statement.</summary>
    public static bool TellsOfFile(SqliteException exception) => FaultOf(exception) is not null;

    /// <summary>Whether a row with the same key exists already.</summary>
    public static bool IsDuplicate(SqliteException exception) =>
        exception.SqliteExtendedErrorCode is ConstraintUnique or ConstraintPrimaryKey;

    /// <summary>Whether a row refers to one that is not there.</summary>
    public static bool IsReferenceRefused(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: ConstraintForeignKey };

    /// <summary>Whether a column that is declared NOT NULL got NULL.</summary>
    public static bool IsNullRefused(Exception exception) => exception is SqliteException { SqliteExtendedErrorCode: ConstraintNotNull };

    public static bool IsInterrupted(Exception exception) => Find<SqliteException>(exception) is { SqliteErrorCode: Interrupted };

    /// <summary>Whether the exception means that the file is damaged or incomplete, and not only that it cannot be read now.</summary>
    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase or IoError;

    public static bool IsBusy(SqliteException exception) => exception.SqliteErrorCode is Busy or LockingProtocol;

    public static bool IsIoError(Exception exception) => exception is SqliteException { SqliteErrorCode: IoError };

    private static StorageFault? FaultOf(SqliteException exception)
    {
        var detail = SQLitePCL.raw.sqlite3_errstr(exception.SqliteErrorCode).utf8_to_string();
        return exception.SqliteErrorCode switch
        {
            Full => StorageFault.Full(detail),
            ReadOnly => StorageFault.ReadOnly(detail),
            Busy or LockingProtocol => StorageFault.Locked(detail),
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
