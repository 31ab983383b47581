using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Persistence;

/// <summary>The module's file could not be used, or its transaction was lost. Nothing of the unit of work was acknowledged.</summary>
public sealed class StorageException : Exception
{
    public StorageException(StorageFault fault, Exception? cause = null)
        : this($"The module's file could not be used: {fault.Reason}", fault, cause) { }

    private StorageException(string message, StorageFault fault, Exception? cause)
        : base(message, cause) => Fault = fault;

    /// <summary>The file is sound, but a unit of work that shared the transaction ended it. The same unit can be run again at once.</summary>
    internal bool IsGroupEnded => Fault == StorageFault.Ended;

    public StorageFault Fault { get; }

    /// <summary>The file that said so; null when it was not open yet, or when the code that made the exception does not know it.</summary>
    internal ModuleDatabase? Database { get; init; }

    internal static StorageException GroupEnded(Exception? cause = null) => new(StorageFault.Ended.Reason, StorageFault.Ended, cause);

    /// <summary>It was written, whole or in part: the next start may find it or not.</summary>
    public bool MayBeKept { get; init; }
}

/// <summary>The module is stopping and takes no more units of work.</summary>
public sealed class ModuleStoppingException() : Exception("The module is stopping.");

/// <summary>The one place that knows SQLite's error codes.</summary>
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
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    /// <summary>What is wrong with the file, of which the exception is known to tell; null when nothing is.</summary>
    public static StorageFault? FaultOf(Exception exception) =>
        Find<StorageException>(exception)?.Fault ?? (Find<SqliteException>(exception) is { } sqlite ? FaultOf(sqlite) : null);

    /// <summary>Whether it comes from SQLite, and was not turned into a <see cref="StorageException"/> yet.</summary>
    public static bool IsUntranslated(Exception exception) =>
        Find<StorageException>(exception) is null && Find<SqliteException>(exception) is not null;

    /// <summary>Whether it tells of its database's file, and not only of a statement.</summary>
    public static bool TellsOfFile(SqliteException exception) => FaultOf(exception) is not null;

    /// <summary>Whether a row of that key exists already.</summary>
    public static bool IsDuplicate(SqliteException exception) =>
        exception.SqliteExtendedErrorCode is ConstraintUnique or ConstraintPrimaryKey;

    public static bool IsInterrupted(Exception exception) => Find<SqliteException>(exception) is { SqliteErrorCode: Interrupted };

    /// <summary>Whether it tells that something of the file is missing or wrong, and not only that it cannot be read now.</summary>
    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase or IoError;

    public static bool IsBusy(SqliteException exception) => exception.SqliteErrorCode is Busy or LockingProtocol;

    public static bool IsIoError(SqliteException exception) => exception.SqliteErrorCode == IoError;

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
