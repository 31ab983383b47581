using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// The files of a process's modules as of one moment. First the modules are held; then a snapshot of each file is begun, and the modules
/// go on.
/// </summary>
internal sealed class HeldFiles : IFilesOfProcess
{
    /// <summary>How long the modules are held at most. The backup fails if a unit of work runs longer.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> files;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource timeout;
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> holds = [];
    private readonly List<FileSnapshot> snapshots = [];
    private readonly List<BackupGap> gaps = [];
    private string last = "";

    private HeldFiles(IReadOnlyList<string> files, CancellationToken ct)
    {
        this.files = files;
        caller = ct;
        timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeLimit);
    }

    public IReadOnlyList<string> Names => [.. snapshots.Select(snapshot => snapshot.Name)];

    public IReadOnlyList<BackupGap> Gaps => gaps;

    /// <summary>Holds the modules. They are released by <see cref="Look"/>, by the disposal or after a time.</summary>
    /// <param name="files">The paths of the files to look at.</param>
    /// <exception cref="BackupException">A module cannot be held.</exception>
    public static async Task<IFilesOfProcess> Hold(
        IReadOnlyList<string> files,
        IReadOnlyCollection<ModuleSupervisor> running,
        CancellationToken ct
    )
    {
        var held = new HeldFiles(files, ct);
        try
        {
            await held.Guard(async () =>
            {
                foreach (var module in running)
                {
                    held.last = module.Descriptor.Name;
                    held.holds.Add(await module.HoldStill(held.done.Task, held.timeout.Token));
                }
            });
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    public Task Look(CancellationToken ct) =>
        Guard(async () =>
        {
            try
            {
                timeout.Token.ThrowIfCancellationRequested();
                foreach (var file in files)
                {
                    LookAt(file);
                }
            }
            finally
            {
                done.TrySetResult();
            }
            await Task.WhenAll(holds); // Throws if a module was not held until the end.
        });

    public async Task<BackupFile> Copy(string name, FileStream target, ReportProgress report, CancellationToken ct)
    {
        var snapshot = snapshots.Single(snapshot => snapshot.Name == name);
        await snapshot.CopyTo(target.Name, (done, total) => report(new WorkProgress(name, done, total)), ct);
        target.Flush(flushToDisk: true);
        return await BackupFile.Of(snapshot, target, ct);
    }

    public ValueTask DisposeAsync()
    {
        done.TrySetResult();
        snapshots.ForEach(snapshot => snapshot.Dispose());
        timeout.Dispose();
        return ValueTask.CompletedTask;
    }

    private void LookAt(string file)
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

    private async Task Guard(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !caller.IsCancellationRequested)
        {
            throw new BackupException(
                $"Not all modules stopped writing within {TimeLimit.TotalSeconds:0} s; the last one asked was '{last}'. Try again later.",
                e
            );
        }
        catch (StorageException e)
        {
            throw new BackupException($"Module '{last}' could not be held: {e.Fault}", e);
        }
        catch (ModuleStoppingException e)
        {
            throw new BackupException($"Module '{last}' stopped meanwhile. Try again later.", e);
        }
    }
}

/// <summary>The files of one process in a backup of all.</summary>
internal interface IFilesOfProcess : IAsyncDisposable
{
    /// <summary>The names of the files that can be copied. Known after <see cref="Look"/>.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The files that cannot be read.</summary>
    IReadOnlyList<BackupGap> Gaps { get; }

    /// <summary>Begins a snapshot of each file, and lets the modules go on.</summary>
    /// <exception cref="BackupException">A module was not held until then.</exception>
    Task Look(CancellationToken ct);

    /// <summary>Copies a file as of its snapshot into an empty file, and makes sure that it is on disk.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    /// <exception cref="BackupException">The copy cannot be made.</exception>
    Task<BackupFile> Copy(string name, FileStream target, ReportProgress report, CancellationToken ct);
}

/// <summary>Holds the modules of a process.</summary>
/// <exception cref="BackupException">A module cannot be held.</exception>
internal delegate Task<IFilesOfProcess> HoldFiles(CancellationToken ct);
