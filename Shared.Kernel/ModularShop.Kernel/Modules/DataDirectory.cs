using ModularShop.Kernel.Events;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// The directory of the modules' files. Several processes may share it, each with modules of its own: a process locks the file of each
/// module that it runs. Work on the whole directory, for example a restore, locks all of it. The operating system releases the locks
/// when the process ends, for whatever reason.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    internal const string FileExtension = ".db";

    internal const string LockFile = "owner.lock";

    // Written by earlier builds.
    internal const string OwnerFile = "owner.json";

    private readonly FileStream held;
    private readonly Lock gate = new();
    private readonly Dictionary<string, ModuleLock> locks = [];
    private Uri? address;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    /// <summary>The key for the hashes of secrets in a module's file.</summary>
    internal HashKey HashKeyOf(string module) => new(Path, module);

    /// <summary>Creates the directory if it does not exist, readable for its owner only, and locks all of it.</summary>
    /// <exception cref="DirectoryInUseException">Another process holds the directory, or a module in it.</exception>
    /// <exception cref="IOException">It cannot be created or written.</exception>
    public static DataDirectory Hold(string path) => Open(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>
    /// Creates the directory if it does not exist, readable for its owner only. Other processes may share it, but none can lock all of it.
    /// </summary>
    /// <exception cref="DirectoryInUseException">Another process holds all of it.</exception>
    /// <exception cref="IOException">It cannot be created or written.</exception>
    public static DataDirectory Share(string path) => Open(path, FileAccess.Read, FileShare.Read);

    /// <summary>
    /// Locks a module's file until <see cref="Release"/>, or until the directory is disposed of. Does nothing if it is locked already.
    /// </summary>
    /// <exception cref="DirectoryInUseException">Another process runs the module on this directory.</exception>
    /// <exception cref="IOException">The lock cannot be written.</exception>
    internal void Take(ModuleDescriptor module)
    {
        try
        {
            lock (gate)
            {
                if (!locks.ContainsKey(module.Name))
                {
                    locks[module.Name] = ModuleLock.Take(Path, module.Name, address);
                }
            }
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw NotWritten(Path, e);
        }
    }

    internal void Release(ModuleDescriptor module)
    {
        lock (gate)
        {
            if (locks.Remove(module.Name, out var taken))
            {
                taken.Dispose();
            }
        }
    }

    /// <summary>Whether it contains files other than those of the locks and the lists of erased persons.</summary>
    internal bool HasFiles() =>
        Directory
            .EnumerateFileSystemEntries(Path)
            .Select(System.IO.Path.GetFileName)
            .Except([LockFile, OwnerFile, ModuleLock.Directory])
            .Any(name => !name!.EndsWith(ErasureLedger.Extension, StringComparison.Ordinal));

    public string FileOf(ModuleDescriptor module) => System.IO.Path.Combine(Path, module.FileName);

    /// <summary>Writes the address of this process beside its locks, for the message to a process that is refused.</summary>
    internal void Announce(Uri listening)
    {
        lock (gate)
        {
            address = listening;
            foreach (var taken in locks.Values)
            {
                taken.Announce(listening);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var taken in locks.Values)
            {
                taken.Dispose();
            }
            locks.Clear();
        }
        held.Dispose();
    }

    private static DataDirectory Open(string path, FileAccess access, FileShare share)
    {
        var full = RealPath.Of(path);
        try
        {
            OwnerOnly.CreateDirectory(full);
            return new DataDirectory(full, HoldLock(full, access, share));
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw NotWritten(full, e);
        }
    }

    private static bool IsRefusal(Exception e) => e is UnauthorizedAccessException or IOException and not DirectoryInUseException;

    private static IOException NotWritten(string path, Exception e) =>
        new(
            $"The data directory {path} cannot be written: {e.Message.TrimEnd('.')}. "
                + "Make it writable for the user who runs the process, or use another directory.",
            e
        );

    private static FileStream HoldLock(string full, FileAccess access, FileShare share)
    {
        try
        {
            return OwnerOnly.Open(System.IO.Path.Combine(full, LockFile), FileMode.OpenOrCreate, share, access);
        }
        catch (IOException e) when (FileLocks.IsHeld(e))
        {
            throw new DirectoryInUseException($"The data directory {full}", ModuleLock.OwnersIn(full), e);
        }
    }
}
