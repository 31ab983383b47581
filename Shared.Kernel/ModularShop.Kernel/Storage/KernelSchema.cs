using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>The kernel's own tables, which every module's file has beside the module's tables.</summary>
internal static class KernelSchema
{
    /// <summary>The current version of the tables.</summary>
    public const int Current = 4;

    private static readonly ConcurrentDictionary<int, IReadOnlyList<string>> Names = new();

    // AUTOINCREMENT ensures that a position is never reused, even after the newest events were deleted.
    private const string Version1 = """
        CREATE TABLE kernel_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE event_log (
            position       INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id       TEXT NOT NULL,
            name           TEXT NOT NULL,
            version        INTEGER NOT NULL,
            key            TEXT NOT NULL,
            occurred_at    INTEGER NOT NULL,
            correlation_id TEXT NOT NULL,
            causation_id   TEXT,
            trace_parent   TEXT,
            payload        TEXT NOT NULL
        );

        CREATE TABLE checkpoints (
            source       TEXT PRIMARY KEY,
            epoch        TEXT NOT NULL,
            position     INTEGER NOT NULL,
            event_id     TEXT,
            replay_until INTEGER NOT NULL,
            handled      TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE dead_letters (
            id             INTEGER PRIMARY KEY AUTOINCREMENT,
            source         TEXT NOT NULL,
            position       INTEGER NOT NULL,
            status         TEXT NOT NULL CHECK (status IN ('dead', 'parked', 'discarded')),
            event_id       TEXT NOT NULL,
            name           TEXT NOT NULL,
            version        INTEGER NOT NULL,
            key            TEXT NOT NULL,
            occurred_at    INTEGER NOT NULL,
            correlation_id TEXT NOT NULL,
            causation_id   TEXT,
            trace_parent   TEXT,
            payload        TEXT NOT NULL,
            replay         INTEGER NOT NULL,
            attempts       INTEGER NOT NULL,
            error          TEXT,
            stack          TEXT,
            failed_at      INTEGER NOT NULL,
            reason         TEXT,
            UNIQUE (source, event_id)
        );
        CREATE INDEX dead_letters_by_key ON dead_letters (source, key, position);

        CREATE TABLE idempotency_keys (
            key         TEXT NOT NULL,
            command     TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            result      TEXT NOT NULL,
            created_at  INTEGER NOT NULL,
            PRIMARY KEY (key, command)
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
        """;

    // rebuild_until: up to this position, a rebuild replays events to read copies only; stored, so that it survives a crash.
    // Idempotency keys now belong to a caller and a route, and secrets are compared by their keyed hash. Existing answers have neither:
    // answers to requests with secrets cannot be compared and therefore match no request.
    private const string Version2 = """
        ALTER TABLE checkpoints ADD COLUMN rebuild_until INTEGER NOT NULL DEFAULT 0;

        ALTER TABLE idempotency_keys RENAME TO idempotency_keys_1;
        CREATE TABLE idempotency_keys (
            caller      TEXT NOT NULL,
            key         TEXT NOT NULL,
            route       TEXT,
            command     TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            secrets     TEXT,
            result      TEXT NOT NULL,
            created_at  INTEGER NOT NULL,
            PRIMARY KEY (caller, key, command)
        ) WITHOUT ROWID;
        INSERT INTO idempotency_keys SELECT '', key, NULL, command, fingerprint, NULL, result, created_at FROM idempotency_keys_1;
        DROP TABLE idempotency_keys_1;
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
        """;

    // The subject whose request caused the event.
    private const string Version3 = """
        ALTER TABLE event_log ADD COLUMN actor TEXT;
        ALTER TABLE dead_letters ADD COLUMN actor TEXT;
        """;

    // The keys of the personal data in the log, and whom the module has erased.
    private const string Version4 = """
        CREATE TABLE person_keys (person TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE erased_persons (person TEXT PRIMARY KEY, erased_at INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // Each step upgrades the tables from one version to the next.
    private static readonly string[] Steps = [Version1, Version2, Version3, Version4];

    /// <summary>Creates or upgrades the tables in one transaction, and gives a new event log its epoch.</summary>
    /// <exception cref="StorageException">A newer version of the kernel wrote the file.</exception>
    public static void Apply(DbConnection connection)
    {
        var version = Version(connection);
        if (version == Current)
        {
            return;
        }
        RefuseNewer(connection);
        using var transaction = connection.BeginTransaction();
        foreach (var step in Steps[version..])
        {
            connection.Execute(step);
        }
        connection.Execute($"REPLACE INTO kernel_meta VALUES ('schema', '{Current}')");
        connection.Execute($"INSERT OR IGNORE INTO kernel_meta VALUES ('epoch', '{Guid.CreateVersion7():N}')");
        transaction.Commit();
    }

    /// <exception cref="StorageException">A newer version of the kernel wrote the file.</exception>
    public static void RefuseNewer(DbConnection connection)
    {
        if (Version(connection) is > Current and var version)
        {
            throw new StorageException(StorageFault.Newer(NewerThan(version)));
        }
    }

    public static string Epoch(DbConnection connection) => (string)connection.Scalar("SELECT value FROM kernel_meta WHERE name = 'epoch'")!;

    /// <summary>The last position that was assigned, even if the newest events were deleted.</summary>
    public static long LastPosition(DbConnection connection) =>
        (long)connection.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_log'), 0)")!;

    /// <summary>The names of the kernel's tables.</summary>
    public static IReadOnlyList<string> Tables(int version = Current) => Names.GetOrAdd(version, MakeTables);

    private static List<string> MakeTables(int version)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        foreach (var step in Steps[..version])
        {
            connection.Execute(step);
        }
        return connection.Texts("SELECT name FROM sqlite_master WHERE type = 'table'");
    }

    /// <summary>The version of the kernel's tables in a file; 0 when there are none.</summary>
    public static int Version(DbConnection connection)
    {
        var exists = connection.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'kernel_meta'") is not null;
        return
            exists
            && int.TryParse(
                connection.Scalar("SELECT value FROM kernel_meta WHERE name = 'schema'") as string,
                System.Globalization.CultureInfo.InvariantCulture,
                out var version
            )
            ? version
            : 0;
    }

    /// <summary>The message for a file with a newer version than this build.</summary>
    public static string NewerThan(int version) => $"version {version} of the kernel's tables, of which this build knows version {Current}";

    /// <summary>
    /// The kernel's tables that a module's existing file lacks. Null when none is missing, or when this build does not know the version.
    /// </summary>
    public static string? Lack(DbConnection connection) =>
        Version(connection) switch
        {
            0 => "it has none of the kernel's tables: it was emptied, or is no module's file",
            <= Current
            and var version
                when Tables(version).Except(connection.Texts("SELECT name FROM sqlite_master")).FirstOrDefault() is { } missing =>
                $"its table {missing} is missing",
            <= Current when connection.Scalar("SELECT 1 FROM kernel_meta WHERE name = 'epoch'") is null => "its log has no epoch",
            _ => null,
        };
}
