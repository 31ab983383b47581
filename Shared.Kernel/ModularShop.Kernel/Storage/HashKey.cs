using System.Security.Cryptography;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// The random key for a data directory's keyed hashes, in a separate file that only its owner can read. Backups do not contain it: with
/// a module's file or a backup alone, an attacker cannot test guesses of a secret against its hash. A module that was moved to the
/// directory keeps the key that it had.
/// </summary>
internal sealed class HashKey(string directory, string? module = null)
{
    internal const string FileName = "hash.key";

    private const int Length = 32;

    private readonly Lock making = new();
    private byte[]? bytes;

    /// <summary>The key. It is created on first use.</summary>
    /// <exception cref="StorageException">The key file cannot be read or written.</exception>
    public byte[] Bytes
    {
        get
        {
            lock (making)
            {
                return bytes ??= Own() ?? ReadOrMake(Path.Combine(directory, FileName));
            }
        }
    }

    /// <summary>Stores the key of a module that is moved to the directory, unless the directory has the same.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Keep(string directory, string module, byte[] key)
    {
        var shared = Path.Combine(directory, FileName);
        var own = PathOf(directory, module);
        if (Read(shared) is { } present && present.AsSpan().SequenceEqual(key))
        {
            File.Delete(own);
        }
        else
        {
            OwnerOnly.Replace(own, key);
        }
    }

    private static string PathOf(string directory, string module) => Path.Combine(directory, $"{module}.{FileName}");

    private byte[]? Own() => module is null ? null : Read(PathOf(directory, module));

    private static byte[] ReadOrMake(string file)
    {
        try
        {
            // A key of another length is damaged and is replaced. Repeated requests with secrets are then refused, as no hash of the
            // old key matches.
            return Read(file) ?? Make(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.NotWritten($"{FileName}: {e.Message.TrimEnd('.')}"), e);
        }
    }

    private static byte[]? Read(string file) => File.Exists(file) && File.ReadAllBytes(file) is { Length: Length } key ? key : null;

    // The first key that is in place counts for all processes that share the directory.
    private static byte[] Make(string file)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        if (File.Exists(file))
        {
            OwnerOnly.Replace(file, key); // It is damaged.
        }
        else
        {
            OwnerOnly.CreateOnce(file, key);
        }
        return Read(file) ?? key;
    }
}
