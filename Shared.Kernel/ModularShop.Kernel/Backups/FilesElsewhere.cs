using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Backups;

/// <summary>The files of another process's modules, which that process holds and sends.</summary>
internal sealed class FilesElsewhere(ProcessBus bus, PlacedProcess process) : IFilesOfProcess
{
    // A large file is copied at the other process before it is sent.
    private static readonly TimeSpan FileLimit = TimeSpan.FromHours(2);

    private readonly Guid id = Guid.CreateVersion7();

    public IReadOnlyList<string> Names { get; private set; } = [];

    public IReadOnlyList<BackupGap> Gaps { get; private set; } = [];

    /// <exception cref="BackupException">The process does not answer, or one of its modules cannot be held.</exception>
    public static async Task<IFilesOfProcess> Hold(ProcessBus bus, PlacedProcess process, CancellationToken ct)
    {
        var files = new FilesElsewhere(bus, process);
        await files.Ask("hold", files.AnswerLimit, ct);
        return files;
    }

    public async Task Look(CancellationToken ct)
    {
        var seen = (await Ask("look", AnswerLimit, ct)).Read<SeenFiles>();
        (Names, Gaps) = (seen.Names, seen.Gaps);
    }

    public async Task<BackupFile> Copy(string name, FileStream target, ReportProgress report, CancellationToken ct)
    {
        await report(new WorkProgress(name, 0, 1));
        var copied = (await Ask($"files/{name}", FileLimit, ct)).Read<CopiedFile>();
        if (copied.File is not { } file)
        {
            throw new UnreadableFileException(name, copied.Unreadable!);
        }
        try
        {
            await bus.Client.Download(process, $"{Path}/files/{name}", target, FileLimit, ct);
        }
        catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException)
        {
            throw new BackupException(e.Message, e);
        }
        target.Flush(flushToDisk: true);
        if (await file.Difference(target, ct) is { } difference)
        {
            throw new BackupException($"{name} did not arrive as process {process} has sent it. {difference}");
        }
        await report(new WorkProgress(name, 1, 1));
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Ask("end", AnswerLimit, CancellationToken.None);
        }
        catch (BackupException)
        {
            // The other process ends it by itself after a time.
        }
    }

    private string Path => $"/bus/v1/backups/{id}";

    // Longer than the other process holds its modules.
    private TimeSpan AnswerLimit => bus.Options.AnswerTimeout + TimeSpan.FromSeconds(10);

    private async Task<BusAnswer> Ask(string what, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            return await bus.Client.Post(process, $"{Path}/{what}", body: null, limit, ct);
        }
        catch (RefusedByProcessException e)
        {
            throw new BackupException(e.Detail ?? e.Message, e);
        }
        catch (Exception e) when (e is ProcessUnreachableException or FormatException)
        {
            throw new BackupException(e.Message, e);
        }
    }
}

internal sealed record SeenFiles(IReadOnlyList<string> Names, IReadOnlyList<BackupGap> Gaps);

/// <param name="File">Null when it cannot be read.</param>
internal sealed record CopiedFile(BackupFile? File, string? Unreadable);
