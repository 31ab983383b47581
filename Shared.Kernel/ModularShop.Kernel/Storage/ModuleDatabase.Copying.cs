using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// Copies the file as it is on disk while the module runs: first the file, then its write-ahead log, which contains everything that has
/// changed meanwhile. A snapshot is kept open, so that SQLite does not reuse the WAL from its start.
/// </summary>
internal sealed partial class ModuleDatabase
{
    // Closing a file releases the locks that SQLite has on it in this process. So it is closed after SQLite's connections.
    private readonly List<FileStream> openedForCopies = [];
    private int copies;

    /// <summary>Whether a copy keeps SQLite from reusing the WAL.</summary>
    public bool IsBeingCopied => Volatile.Read(ref copies) > 0;

    /// <summary>Begins a copy. Dispose of the result to let SQLite reuse the WAL again.</summary>
    public RawCopy BeginCopy()
    {
        var pin = new SqliteConnection(ConnectionString(File, SqliteOpenMode.ReadOnly));
        try
        {
            pin.Open();
            pin.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
            var content = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            openedForCopies.Add(content);
            Interlocked.Increment(ref copies);
            return new RawCopy(pin, content, $"{File}-wal", ended: () => Interlocked.Decrement(ref copies));
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    private void CloseCopies() => openedForCopies.ForEach(file => file.Dispose());
}

/// <summary>A copy of a module's file that is being made.</summary>
internal sealed class RawCopy(SqliteConnection pin, FileStream content, string wal, Action ended) : IDisposable
{
    private int isEnded;

    /// <summary>The file without its write-ahead log. The caller reads it, and must not close it.</summary>
    public Stream Content => content;

    public long Length => content.Length;

    public long WalLength => System.IO.File.Exists(wal) ? new FileInfo(wal).Length : 0;

    /// <summary>The write-ahead log from an offset to its current end.</summary>
    public Stream OpenWal(long offset)
    {
        if (!System.IO.File.Exists(wal))
        {
            return Stream.Null;
        }
        var stream = new FileStream(wal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = offset;
        return stream;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isEnded, 1) == 0)
        {
            pin.Dispose();
            ended();
        }
    }
}
