using System.Data.Common;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Copies the files of all modules as of one moment. All writers are held, for milliseconds, while a read transaction is begun on each
/// file; they continue while the files are copied from these snapshots. Therefore no checkpoint in the backup is ahead of its source's
/// log in the backup. A file that cannot be read does not stop the backup of the others: the manifest names it.
/// </summary>
public static class Backup
{
    /// <summary>How long the backup waits for the writers to stop. It fails if a unit of work runs longer.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

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
        return await Take(held, running: [], modules ?? [], target, clock, report, ct);
    }

    /// <summary>Backs up the data directory of this process while its modules run.</summary>
    internal static async Task<BackupManifest> Take(
        DataDirectory data,
        IReadOnlyCollection<ModuleSupervisor> running,
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
        var snapshots = new List<FileSnapshot>();
        var gaps = new List<BackupGap>();
        try
        {
            await WhileNothingIsWritten(running, () => Look(data.Path, snapshots, gaps), ct);
            var takenAt = clock.GetUtcNow();
            using var directory = NewDirectory.Beside(target);
            var files = new List<BackupFile>();
            foreach (var snapshot in snapshots)
            {
                try
                {
                    files.Add(await Copy(snapshot, directory, report, ct));
                }
                catch (UnreadableFileException e)
                {
                    directory.Delete(snapshot.Name);
                    gaps.Add(new BackupGap(snapshot.Name, e.Reason));
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
            snapshots.ForEach(snapshot => snapshot.Dispose());
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

    private static void Look(string directory, List<FileSnapshot> snapshots, List<BackupGap> gaps)
    {
        foreach (var file in FileSnapshot.FilesIn(directory))
        {
            try
            {
                snapshots.Add(FileSnapshot.Of(file));
            }
            catch (UnreadableFileException e)
            {
                gaps.Add(new BackupGap(Path.GetFileName(file), e.Reason));
            }
        }
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

    private static async Task WhileNothingIsWritten(IReadOnlyCollection<ModuleSupervisor> modules, Action look, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeLimit);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holds = new List<Task>();
        var who = "";
        try
        {
            try
            {
                foreach (var module in modules)
                {
                    who = module.Descriptor.Name;
                    holds.Add(await module.HoldStill(done.Task, timeout.Token));
                }
                look();
            }
            finally
            {
                done.SetResult();
            }
            await Task.WhenAll(holds); // Throws if a module was not held until the end.
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new BackupException(
                $"Not all modules stopped writing within {TimeLimit.TotalSeconds:0} s; the last one asked was '{who}'. Try again later.",
                e
            );
        }
        catch (StorageException e)
        {
            throw new BackupException($"Module '{who}' could not be held: {e.Fault}", e);
        }
        catch (ModuleStoppingException e)
        {
            throw new BackupException($"Module '{who}' stopped meanwhile. Try again later.", e);
        }
    }

    private static async Task<BackupFile> Copy(FileSnapshot snapshot, NewDirectory directory, ReportProgress report, CancellationToken ct)
    {
        await using var file = directory.Create(snapshot.Name);
        await snapshot.CopyTo(file.Name, (done, total) => report(new WorkProgress(snapshot.Name, done, total)), ct);
        file.Flush(flushToDisk: true);
        var hash = await BackupFile.Hash(file, ct);
        try
        {
            var isModules = snapshot.HasKernelTables();
            var log = isModules ? snapshot.Log : null;
            var checkpoints = isModules ? snapshot.Checkpoints() : [];
            return new BackupFile(
                snapshot.Name,
                file.Length,
                hash,
                log?.Epoch,
                log?.LastPosition ?? 0,
                [.. checkpoints.Select(c => new BackupCheckpoint(c.Source, c.Epoch, c.Position, c.EventId))]
            );
        }
        catch (DbException e)
        {
            throw new UnreadableFileException(snapshot.Name, e.Message, e);
        }
    }
}
