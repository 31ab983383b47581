using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Copies the files of all modules as of one moment. All writers are held, for milliseconds, while a read transaction is begun on each
/// file; they continue while the files are copied from these snapshots. Therefore no checkpoint in the backup is ahead of its source's
/// log in the backup. A file that cannot be read does not stop the backup of the others: the manifest names it.
/// </summary>
public static class Backup
{
    /// <summary>Backs up a data directory that no process holds.</summary>
    /// <param name="modules">The modules of this build. The file of a module that owns no data may be missing.</param>
    /// <exception cref="DirectoryInUseException">A running process holds the directory and must take the backup itself.</exception>
    /// <exception cref="BackupException">
    /// The target is not empty or lies in the data directory, or nothing can be read or written.
    /// </exception>
    public static async Task<BackupManifest> Take(
        string dataDirectory,
        string target,
        TimeProvider clock,
        ReportProgress report,
        CancellationToken ct,
        IReadOnlyList<ModuleDescriptor>? modules = null
    )
    {
        using var held = DataDirectory.Hold(dataDirectory);
        return await Take(
            held,
            [token => HeldFiles.Hold(FileSnapshot.FilesIn(held.Path), [], token)],
            modules ?? [],
            target,
            clock,
            report,
            ct
        );
    }

    /// <summary>Backs up the running modules of this process, and of others.</summary>
    /// <param name="holds">Holds the modules of each process.</param>
    /// <param name="modules">The modules whose files the backup should have.</param>
    internal static async Task<BackupManifest> Take(
        DataDirectory data,
        IReadOnlyList<HoldFiles> holds,
        IReadOnlyList<ModuleDescriptor> modules,
        string target,
        TimeProvider clock,
        ReportProgress report,
        CancellationToken ct
    )
    {
        target = RealPath.Of(target);
        if (RealPath.IsWithin(target, data.Path))
        {
            throw new BackupException("A backup does not go into the data directory; name another directory.");
        }
        if (File.Exists(target) || Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new BackupException($"{target} is not empty; a backup goes into a directory of its own.");
        }
        var held = new List<IFilesOfProcess>();
        try
        {
            foreach (var hold in holds)
            {
                held.Add(await hold(ct));
            }
            await Task.WhenAll(held.Select(files => files.Look(ct)));
            var takenAt = clock.GetUtcNow();
            using var directory = NewDirectory.Beside(target);
            var files = new List<BackupFile>();
            var gaps = held.SelectMany(each => each.Gaps).ToList();
            foreach (
                var (from, name) in held.SelectMany(each => each.Names.Select(name => (each, name)))
                    .OrderBy(each => each.name, StringComparer.Ordinal)
            )
            {
                try
                {
                    await using var copy = directory.Create(name);
                    files.Add(await from.Copy(name, copy, report, ct));
                }
                catch (UnreadableFileException e)
                {
                    directory.Delete(name);
                    gaps.Add(new BackupGap(name, e.Reason));
                }
            }
            if (files.Count == 0)
            {
                throw new BackupException(
                    gaps.Count == 0
                        ? $"There is nothing to back up in {data.Path}."
                        : string.Join(' ', gaps.Select(gap => $"{gap.Name} cannot be read: {gap.Reason}"))
                );
            }
            files.AddRange(await CopyMarks(data.Path, files, directory, ct));
            var manifest = BackupManifest.Of(takenAt, files, [.. gaps, .. Missing(data.Path, files, gaps, modules)]);
            manifest.Write(directory);
            directory.Complete();
            return manifest;
        }
        finally
        {
            foreach (var files in held)
            {
                await files.DisposeAsync();
            }
        }
    }

    // Marks of modules whose file is not in the backup, so that a restore detects the missing file.
    private static async Task<IReadOnlyList<BackupFile>> CopyMarks(
        string data,
        IReadOnlyList<BackupFile> files,
        NewDirectory directory,
        CancellationToken ct
    )
    {
        var marks = new List<BackupFile>();
        foreach (var path in LogMark.PathsIn(data))
        {
            var name = Path.GetFileName(path);
            if (files.Any(file => file.Name == Path.ChangeExtension(name, DataDirectory.FileExtension)))
            {
                continue;
            }
            await using var copy = directory.Create(name);
            await using (var mark = File.OpenRead(path))
            {
                await mark.CopyToAsync(copy, ct);
            }
            copy.Flush(flushToDisk: true);
            marks.Add(new BackupFile(name, copy.Length, await BackupFile.Hash(copy, ct), Epoch: null, LastPosition: 0, Checkpoints: []));
        }
        return marks;
    }

    // A missing file cannot be found in the directory. Its mark, and other modules' checkpoints of its log, show that it existed.
    private static IEnumerable<BackupGap> Missing(
        string data,
        List<BackupFile> files,
        List<BackupGap> gaps,
        IReadOnlyList<ModuleDescriptor> modules
    )
    {
        var read = Read(files, gaps).ToList();
        var known = files.Select(file => file.Name).Concat(gaps.Concat(read).Select(gap => gap.Name)).ToHashSet();
        return read.Concat(
            from path in LogMark.PathsIn(data)
            let mark = Path.GetFileName(path)
            let name = Path.ChangeExtension(mark, DataDirectory.FileExtension)
            where !known.Contains(name) && !BackupGap.FillsItself(name, modules)
            select new BackupGap(name, $"It is not there, but {mark} says that there was one.")
        );
    }

    private static IEnumerable<BackupGap> Read(List<BackupFile> files, List<BackupGap> gaps) =>
        from file in files
        from checkpoint in file.Checkpoints
        where checkpoint.Position > 0
        group (Reader: file.Name, checkpoint.Position) by checkpoint.Source + DataDirectory.FileExtension into source
        where !files.Exists(file => file.Name == source.Key) && !gaps.Exists(gap => gap.Name == source.Key)
        let reader = source.MaxBy(read => read.Position)
        select new BackupGap(source.Key, $"It is not there, but {reader.Reader} has read {reader.Position} of its events.");
}
