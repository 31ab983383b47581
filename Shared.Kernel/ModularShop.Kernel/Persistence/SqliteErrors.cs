using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Persistence;

/// <summary>The module's file could not be written; nothing of the unit of work was kept.</summary>
public sealed class StorageException(Exception cause) : Exception($"The module's file could not be written: {cause.Message}", cause);

/// <summary>The module is stopping and takes no more units of work.</summary>
public sealed class ModuleStoppingException() : Exception("The module is stopping.");

/// <summary>The one place that knows SQLite's error codes.</summary>
internal static class SqliteErrors
{
    private const int ReadOnly = 8;
    private const int Interrupted = 9;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    /// <summary>What a caller can act on, in place of SQLite's own exception where that says it.</summary>
    public static Exception Translate(Exception exception) =>
        Find(exception) switch
        {
            { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey } => new ConflictException("It exists already.", exception),
            { SqliteErrorCode: ReadOnly or IoError or Corrupt or Full or CannotOpen } sqlite => new StorageException(sqlite),
            _ => exception,
        };

    public static bool IsInterrupted(Exception exception) => Find(exception) is { SqliteErrorCode: Interrupted };

    private static SqliteException? Find(Exception? exception)
    {
        while (exception is not null and not SqliteException)
        {
            exception = exception.InnerException;
        }
        return (SqliteException?)exception;
    }
}
