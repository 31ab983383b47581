using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// Decides whether SQLite made a file or WAL shorter, also for another program, or whether it was truncated from outside.
/// </summary>
internal sealed partial class ModuleDatabase
{
    // SQLITE_CHECKPOINT_NOOP of sqlite3.h: copies nothing, and returns the number of frames in the WAL.
    private const int LookOnly = -1;

    // From the format of the WAL: https://sqlite.org/fileformat.html#the_write_ahead_log
    private const long LogHeader = 32;
    private const long FrameHeader = 24;

    /// <summary>
    /// The bytes of the write-ahead log that are in use. The rest is left over from before SQLite last restarted the WAL.
    /// </summary>
    /// <exception cref="SqliteException">The WAL cannot be read.</exception>
    public long WalInUse => LengthOfLog(FramesInLog());

    private long pageSize;

    // The data_version when the file last had no surplus pages. Only a commit by another connection changes it and lets SQLite shorten
    // the file: while it is equal, a shorter file was cut off. Null while a checkpoint may still shorten the file.
    private long? foreignCommits;

    // SQLite truncates a file that needs fewer pages, for example after a VACUUM. The writer itself never does that.
    private Wholeness FileOf(long length) =>
        Ask(() =>
        {
            var commits = ForeignCommits();
            // SQLite would treat an empty file as a new one, and delete its WAL.
            if (length == 0 || foreignCommits == commits)
            {
                return Wholeness.CutOff;
            }
            // Uses a new connection, as the writer's page cache may still have pages that are missing in the file.
            using var reader = new SqliteConnection(ConnectionString(File, SqliteOpenMode.ReadOnly));
            reader.Open();
            using var snapshot = reader.BeginTransaction(deferred: true);
            var needed = LengthNeeded(reader);
            // The last pages may be in the WAL only. In that case the whole file has to be read to find out.
            var isWhole = needed <= length || reader.Scalar("PRAGMA quick_check(1)") is "ok";
            foreignCommits = isWhole && needed >= length ? commits : null;
            return isWhole ? WholeUpToLogEnd() : Wholeness.CutOff;
        });

    // SQLite truncates the WAL when all of it has been copied into the file. The number of frames in use is in shared memory.
    private Wholeness LogOf(long length) =>
        Ask(() =>
        {
            var frames = FramesInLog();
            if (length >= LengthOfLog(frames))
            {
                return WholeUpToLogEnd();
            }
            // Other programs may write at the same time, so the length counts only if SQLite reports the same frames before and after.
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

    // The WAL may contain a VACUUM from before the file was opened.
    private long? ForeignCommitsAtOpen()
    {
        var commits = ForeignCommits();
        return LengthNeeded(Writer) >= new FileInfo(File).Length ? commits : null;
    }

    private long LengthNeeded(SqliteConnection connection) => (long)connection.Scalar("PRAGMA page_count")! * pageSize;

    // data_version changes when another connection commits something or empties the WAL.
    private long ForeignCommits() => (long)Writer.Scalar("PRAGMA data_version")!;

    private int FramesInLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(Writer.Handle, "main", LookOnly, out var frames, out _);
        SqliteException.ThrowExceptionForRC(result, Writer.Handle);
        return frames;
    }

    private long LengthOfLog(int frames) => frames == 0 ? 0 : LogHeader + frames * (FrameHeader + pageSize);
}
