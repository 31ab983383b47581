using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>Recognizes the files of modules and backups, which other output must not overwrite.</summary>
public static class KeptFiles
{
    private static readonly string[] BesideDatabases = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Whether the path is that of a database, of a file that belongs to one, or of a name reserved in a data directory or a backup,
    /// existing or not. Not for a file that a module of this process has open: closing it would release SQLite's locks.
    /// </summary>
    /// <param name="path">A real path.</param>
    /// <param name="data">A data directory, which need not exist.</param>
    public static bool Contain(string path, string? data)
    {
        var suffix = Array.Find(BesideDatabases, end => path.EndsWith(end, StringComparison.Ordinal));
        var database = path[..^(suffix?.Length ?? 0)];
        return IsDatabase(path)
            || IsDatabase(database)
            || IsTaken(Path.GetFileName(database)) && HoldsKeptFiles(Path.GetDirectoryName(path)!, data);
    }

    /// <summary>Whether the path is that of a small file of a data directory: a mark, a list of erased persons, or the key for hashes.</summary>
    public static bool IsSmallFile(string path) =>
        path.EndsWith(HashKey.FileName, StringComparison.Ordinal)
        || path.EndsWith(ErasureLedger.Extension, StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(LogMark.Extension, StringComparison.OrdinalIgnoreCase);

    private static bool IsTaken(string name) =>
        name is DataDirectory.LockFile or DataDirectory.OwnerFile or ModuleLock.Directory or BackupManifest.FileName
        || name.EndsWith(DataDirectory.FileExtension, StringComparison.OrdinalIgnoreCase)
        || IsSmallFile(name);

    private static bool HoldsKeptFiles(string directory, string? data) =>
        data is not null && RealPath.AreSame(directory, RealPath.Of(data))
        || File.Exists(Path.Combine(directory, DataDirectory.LockFile))
        || File.Exists(Path.Combine(directory, BackupManifest.FileName));

    private static bool IsDatabase(string path)
    {
        var header = "SQLite format 3\0"u8;
        if (!RealPath.IsOrdinaryFile(path))
        {
            return false;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> begin = stackalloc byte[header.Length];
        return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.SequenceEqual(header);
    }
}
