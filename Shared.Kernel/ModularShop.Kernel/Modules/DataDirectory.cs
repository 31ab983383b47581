using System.Text.Json;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// The directory of the modules' files. One process owns it at a time, through a lock file that it holds open. The operating system
/// releases the lock when the process ends, for whatever reason.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    internal const string FileExtension = ".db";

    internal const string LockFile = "owner.lock";
    internal const string OwnerFile = "owner.json";

    // The systems' error codes for a file that another process holds: ERROR_SHARING_VIOLATION and two values of EWOULDBLOCK.
    private const int HeldOnWindows = unchecked((int)0x80070020);
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;

    private readonly FileStream held;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        this.held = held;
        HashKey = new HashKey(path);
    }

    public string Path { get; }

    /// <summary>The key for the hashes of secrets in the modules' files.</summary>
    internal HashKey HashKey { get; }

    /// <summary>Creates the directory if it does not exist, readable for its owner only, and locks it.</summary>
    /// <exception cref="DirectoryInUseException">Another process holds it.</exception>
    /// <exception cref="IOException">It cannot be created or written.</exception>
    public static DataDirectory Hold(string path)
    {
        var full = RealPath.Of(path);
        try
        {
            return Take(full);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not DirectoryInUseException)
        {
            throw new IOException(
                $"The data directory {full} cannot be written: {e.Message.TrimEnd('.')}. "
                    + "Make it writable for the user who runs the process, or use another directory.",
                e
            );
        }
    }

    private static DataDirectory Take(string full)
    {
        OwnerOnly.CreateDirectory(full);
        try
        {
            return new DataDirectory(full, OwnerOnly.Open(System.IO.Path.Combine(full, LockFile), FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException e) when (e.HResult is HeldOnWindows or HeldOnLinux or HeldOnMac)
        {
            throw new DirectoryInUseException(full, ReadOwner(full), e);
        }
    }

    /// <summary>Whether it contains files other than those of the lock.</summary>
    internal bool HasFiles() =>
        Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Except([LockFile, OwnerFile]).Any();

    public string FileOf(ModuleDescriptor module) => System.IO.Path.Combine(Path, module.FileName);

    /// <summary>Writes the address of this process to a file, for the message to a process that is refused.</summary>
    internal void Announce(Uri address)
    {
        try
        {
            File.WriteAllText(
                System.IO.Path.Combine(Path, OwnerFile),
                JsonSerializer.Serialize(new Owner(Environment.ProcessId, address.ToString()))
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file only improves a message. A full disk must not stop the process from serving requests.
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(System.IO.Path.Combine(Path, OwnerFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stale file does no harm: it is read only while another process holds the lock.
        }
        held.Dispose();
    }

    private static Owner? ReadOwner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Owner>(File.ReadAllText(System.IO.Path.Combine(path, OwnerFile)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // The file only improves the message.
        }
    }

    internal sealed record Owner(int ProcessId, string Url);
}

/// <summary>Another process holds the data directory.</summary>
public sealed class DirectoryInUseException : IOException
{
    /// <summary>The address of that process; null when it is not known.</summary>
    public string? Url { get; }

    internal DirectoryInUseException(string path, DataDirectory.Owner? owner, Exception inner)
        : base(
            owner is null
                ? $"The data directory {path} is in use by another process. Stop that one first, or use another directory."
                : $"The data directory {path} is in use by a running process at {owner.Url} (pid {owner.ProcessId}). "
                    + $"Act on that one with --url {owner.Url.TrimEnd('/')}, stop it first, or use another directory.",
            inner
        ) => Url = owner?.Url.TrimEnd('/');
}
