using System.Text.Json;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// The lock of one module's file in a data directory: a file that the process holds open. Beside it is a file that says where the process
/// is, for the message to a process that is refused.
/// </summary>
internal sealed class ModuleLock : IDisposable
{
    public const string Directory = "locks";

    private const string LockExtension = ".lock";
    private const string OwnerExtension = ".json";

    private readonly string path;
    private readonly FileStream held;

    private ModuleLock(string path, FileStream held)
    {
        this.path = path;
        this.held = held;
    }

    /// <param name="address">Where this process listens; null while that is not known.</param>
    /// <exception cref="DirectoryInUseException">Another process runs the module on this directory.</exception>
    public static ModuleLock Take(string directory, string module, Uri? address)
    {
        var locks = Path.Combine(directory, Directory);
        OwnerOnly.CreateDirectory(locks);
        var path = Path.Combine(locks, module);
        try
        {
            var taken = new ModuleLock(path, OwnerOnly.Open(path + LockExtension, FileMode.OpenOrCreate, FileShare.None));
            if (address is not null)
            {
                taken.Announce(address);
            }
            return taken;
        }
        catch (IOException e) when (FileLocks.IsHeld(e))
        {
            throw new DirectoryInUseException(
                $"Module '{module}' of the data directory {directory}",
                OwnerOf(path) is { } owner ? [owner] : [],
                e
            );
        }
    }

    /// <summary>Whether a process has ever run the module on this file.</summary>
    public static bool WasTaken(string moduleFile) => File.Exists(PathFor(moduleFile) + LockExtension);

    /// <summary>Whether a process has ever run any module in the directory of this file.</summary>
    public static bool AnyBeside(string moduleFile) => System.IO.Directory.Exists(Path.GetDirectoryName(PathFor(moduleFile)));

    /// <summary>The processes that hold modules of a directory.</summary>
    public static IReadOnlyList<Owner> OwnersIn(string directory)
    {
        var locks = Path.Combine(directory, Directory);
        if (!System.IO.Directory.Exists(locks))
        {
            return [];
        }
        return
        [
            .. System
                .IO.Directory.GetFiles(locks, $"*{LockExtension}")
                .Where(IsHeld)
                .Select(file => OwnerOf(Path.ChangeExtension(file, null)))
                .OfType<Owner>()
                .Distinct()
                .OrderBy(owner => owner.ProcessId),
        ];
    }

    public void Announce(Uri address)
    {
        try
        {
            var owner = new Owner(Environment.ProcessId, address.ToString());
            File.WriteAllText(path + OwnerExtension, JsonSerializer.Serialize(owner));
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
            File.Delete(path + OwnerExtension);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stale file does no harm: it is read only while another process holds the lock.
        }
        held.Dispose();
    }

    private static string PathFor(string moduleFile) =>
        Path.Combine(Path.GetDirectoryName(moduleFile)!, Directory, Path.GetFileNameWithoutExtension(moduleFile));

    private static bool IsHeld(string lockFile)
    {
        try
        {
            new FileStream(lockFile, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException e)
        {
            return FileLocks.IsHeld(e);
        }
    }

    private static Owner? OwnerOf(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Owner>(File.ReadAllText(path + OwnerExtension));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // The file only improves the message.
        }
    }

    internal sealed record Owner(int ProcessId, string Url);
}

/// <summary>Another process holds a data directory, or a module in it.</summary>
public sealed class DirectoryInUseException : IOException
{
    /// <summary>The address of that process; null when it is not known, or when there are several.</summary>
    public string? Url { get; }

    internal DirectoryInUseException(string what, IReadOnlyList<ModuleLock.Owner> owners, Exception inner)
        : base(Describe(what, owners), inner) => Url = owners is [var owner] ? owner.Url.TrimEnd('/') : null;

    private static string Describe(string what, IReadOnlyList<ModuleLock.Owner> owners) =>
        owners switch
        {
            [] => $"{what} is in use by another process. Stop that one first, or use another directory.",
            [var owner] => $"{what} is in use by a running process at {owner.Url} (pid {owner.ProcessId}). "
                + $"Act on that one with --url {owner.Url.TrimEnd('/')}, stop it first, or use another directory.",
            _ => $"{what} is in use by the running processes at "
                + $"{string.Join(" and ", owners.Select(owner => $"{owner.Url} (pid {owner.ProcessId})"))}. "
                + "Act on one of them with --url, stop them first, or use another directory.",
        };
}
