using System.Text.Json;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// The directory of the modules' files. One process owns it at a time, by a lock file held open; the lock is gone
/// with the process, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    internal const string FileExtension = ".db";

    internal const string LockFile = "owner.lock";
    internal const string OwnerFile = "owner.json";

    // How the systems say that somebody else holds a file: ERROR_SHARING_VIOLATION, and EWOULDBLOCK of two kinds.
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

    /// <summary>The key of the hashes of secrets in the modules' files.</summary>
    internal HashKey HashKey { get; }

    /// <summary>Creates the directory if need be, for its owner only, and takes hold of it.</summary>
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

    /// <summary>Whether anything is in it but word of who holds it.</summary>
    internal bool HasFiles() =>
        Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Except([LockFile, OwnerFile]).Any();

    public string FileOf(Module module) => System.IO.Path.Combine(Path, module.Name + FileExtension);

    /// <summary>Leaves word of where the process that holds the directory answers, for whoever is refused.</summary>
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
            // It is only there to make a message better; a full disk keeps nobody from answering.
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
            // Whoever reads it is told by the lock that nobody is there.
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
            return null; // It is only there to make the message better.
        }
    }

    internal sealed record Owner(int ProcessId, string Url);
}

/// <summary>Another process holds the data directory.</summary>
public sealed class DirectoryInUseException : IOException
{
    /// <summary>Where that process answers, if it said so.</summary>
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
