using System.Collections.Concurrent;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>The parts of backups that other processes take: this process holds its modules for them, and sends their files.</summary>
internal sealed class BackupSessions(DataDirectory data, ModuleSupervisors modules, TimeProvider clock)
{
    // The other process may have been killed.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromHours(3);

    private readonly ConcurrentDictionary<Guid, Session> sessions = new();

    /// <exception cref="ConflictException">A module cannot be held.</exception>
    public async Task Hold(Guid id)
    {
        var running = modules.All;
        var files = running.Select(module => module.File).Where(File.Exists).Order(StringComparer.Ordinal).ToList();
        try
        {
            sessions[id] = new Session(await HeldFiles.Hold(files, running, CancellationToken.None), CopyOf(id));
        }
        catch (BackupException e)
        {
            throw new ConflictException(e.Message);
        }
        _ = EndLater(id);
    }

    /// <exception cref="ConflictException">A module was not held until now.</exception>
    public async Task<SeenFiles> Look(Guid id)
    {
        var files = Find(id).Files;
        try
        {
            await files.Look(CancellationToken.None);
            return new SeenFiles(files.Names, files.Gaps);
        }
        catch (BackupException e)
        {
            throw new ConflictException(e.Message);
        }
    }

    /// <summary>Copies a file here, so that it can be sent.</summary>
    public async Task<CopiedFile> Copy(Guid id, string name, CancellationToken ct)
    {
        var session = Find(id);
        await using var copy = OwnerOnly.Open(session.Copy, FileMode.Create);
        try
        {
            return new CopiedFile(await session.Files.Copy(name, copy, _ => Task.CompletedTask, ct), Unreadable: null);
        }
        catch (UnreadableFileException e)
        {
            return new CopiedFile(File: null, e.Reason);
        }
    }

    /// <summary>The file that was copied last.</summary>
    public Stream Open(Guid id) => File.OpenRead(Find(id).Copy);

    public async Task End(Guid id)
    {
        if (sessions.TryRemove(id, out var session))
        {
            await session.Files.DisposeAsync();
            File.Delete(session.Copy);
        }
    }

    private async Task EndLater(Guid id)
    {
        await Task.Delay(TimeLimit, clock);
        await End(id);
    }

    private string CopyOf(Guid id) => Path.Combine(data.Path, $".backup-{id:N}");

    private Session Find(Guid id) => sessions.GetValueOrDefault(id) ?? throw new ConflictException("This backup has ended.");

    private sealed record Session(IFilesOfProcess Files, string Copy);
}
