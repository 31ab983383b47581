using System.Data.Common;

namespace ModularShop.Kernel.Storage;

/// <summary>Reads from the migrations in a module's file whether an older, this or a newer build wrote it.</summary>
internal static class MigrationHistory
{
    private const string Table = "__EFMigrationsHistory";

    /// <param name="known">The migrations of this build.</param>
    /// <param name="isKnown">Whether this file is known to have been migrated before.</param>
    /// <exception cref="StorageException">A newer build wrote the file, or its tables are gone.</exception>
    public static void Check(DbConnection connection, IReadOnlyList<string> known, bool isKnown)
    {
        var applied = In(connection);
        if (NewerThan(known, applied) is { } newer)
        {
            throw new StorageException(StorageFault.Newer(newer));
        }
        if (known.Count > 0 && (applied.Count == 0 ? isKnown : !HasTablesOfModule(connection)))
        {
            throw new StorageException(StorageFault.Damaged("the module's tables are gone"));
        }
    }

    /// <summary>The migrations of a file that this build does not know, as text for a message; null when it knows all.</summary>
    public static string? NewerThan(IReadOnlyList<string> known, IReadOnlyList<string> applied) =>
        applied.Except(known).ToList() is [var first, .. var others]
            ? $"the migration {first}{(others is [] ? "" : $" and {others.Count} more")}, which this build does not know"
            : null;

    /// <summary>The migrations that a file has, oldest first.</summary>
    public static IReadOnlyList<string> In(DbConnection connection) =>
        connection.Scalar($"SELECT 1 FROM sqlite_master WHERE name = '{Table}'") is null
            ? []
            : connection.Texts($"SELECT \"MigrationId\" FROM \"{Table}\" ORDER BY \"MigrationId\"");

    private static bool HasTablesOfModule(DbConnection connection) =>
        connection
            .Texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
            .Except(KernelSchema.Tables())
            .Any(name => !name.StartsWith("__EF", StringComparison.Ordinal));
}
