using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>Decides whether a shorter file or log was made so by SQLite, also for another program, or was cut off.</summary>
internal sealed partial class ModuleDatabase
{
    // SQLITE_CHECKPOINT_NOOP of sqlite3.h: copies nothing, and tells how much there is.
    private const int LookOnly = -1;

    // Of the format of the log: https://sqlite.org/fileformat.html#the_write_ahead_log
    private const long LogHeader = 32;
    private const long FrameHeader = 24;

    /// <summary>How much of the write-ahead log is in use. The rest is left over from before it was last begun anew.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public long LogInUse => LengthOfLog(FramesInLog());

    private readonly long pageSize;

    // The number of foreign commits when the file was last seen to have no more pages than it needs. While it is the same,
    // nothing makes the file shorter. Null while a checkpoint may still do so.
    private long? foreignCommits;

    // SQLite makes a file shorter when it has fewer pages, as after a VACUUM. The writer itself never does that.
    private Wholeness FileOf(long length) =>
        Ask(() =>
        {
            var commits = ForeignCommits();
            // SQLite would take an empty file for a new one, and delete the log beside it.
            if (length == 0 || foreignCommits == commits)
            {
                return Wholeness.CutOff;
            }
            // A new connection, as the writer's page cache may still have the pages that are missing.
            using var reader = new SqliteConnection(ConnectionString(File, SqliteOpenMode.ReadOnly));
            reader.Open();
            using var snapshot = reader.BeginTransaction(deferred: true);
            var needed = LengthNeeded(reader);
            // The last pages may stand in the log alone. Only then all of the file has to be read.
            var isWhole = needed <= length || reader.Scalar("PRAGMA quick_check(1)") is "ok";
            foreignCommits = isWhole && needed >= length ? commits : null;
            return isWhole ? WholeUpToLogEnd() : Wholeness.CutOff;
        });

    // SQLite makes the log shorter when all of it is in the file. How much of it is in use stands in shared memory.
    private Wholeness LogOf(long length) =>
        Ask(() =>
        {
            var frames = FramesInLog();
            if (length >= LengthOfLog(frames))
            {
                return WholeUpToLogEnd();
            }
            // Other programs may write meanwhile, so the length is read again between two equal answers of SQLite.
            return FileOnDisk.At($"{File}-wal") is { } now && now.Length < LengthOfLog(frames) && frames == FramesInLog()
                ? Wholeness.CutOff
                : Wholeness.Unknown;
        });

    private static Wholeness Ask(Func<Wholeness> question)
    {
        try
        {
            return question();
        }
        catch (SqliteException e)
        {
            return SqliteErrors.IsDamage(e) ? Wholeness.CutOff : Wholeness.Unknown;
        }
    }

    private Wholeness WholeUpToLogEnd() => KernelSchema.LastPosition(Writer) < LastPosition ? Wholeness.SetBack : Wholeness.Whole;

    // A VACUUM from before the file was opened may stand in the log.
    private long? ForeignCommitsAtOpen()
    {
        var commits = ForeignCommits();
        return LengthNeeded(Writer) >= new FileInfo(File).Length ? commits : null;
    }

    private long LengthNeeded(SqliteConnection connection) => (long)connection.Scalar("PRAGMA page_count")! * pageSize;

    // This number changes when another connection commits something or empties the log.
    private long ForeignCommits() => (long)Writer.Scalar("PRAGMA data_version")!;

    private int FramesInLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(Writer.Handle, "main", LookOnly, out var frames, out _);
        SqliteException.ThrowExceptionForRC(result, Writer.Handle);
        return frames;
    }

    private long LengthOfLog(int frames) => frames == 0 ? 0 : LogHeader + frames * (FrameHeader + pageSize);
}
