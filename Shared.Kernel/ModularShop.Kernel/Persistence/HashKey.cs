using System.Security.Cryptography;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The random key of a data directory's keyed hashes, in a file of its own, for its owner only. Backups leave it out: whoever
/// gets hold of a module's file or of a backup cannot find a secret by hashing guesses.
/// </summary>
internal sealed class HashKey(string directory)
{
    internal const string FileName = "hash.key";

    private const int Length = 32;

    private readonly Lock making = new();
    private byte[]? bytes;

    /// <summary>The key; made when it is first asked for.</summary>
    /// <exception cref="StorageException">It cannot be read, or not be written.</exception>
    public byte[] Bytes
    {
        get
        {
            lock (making)
            {
                return bytes ??= ReadOrMake(Path.Combine(directory, FileName));
            }
        }
    }

    private static byte[] ReadOrMake(string file)
    {
        try
        {
            // One of another length was cut off by somebody. With a new key, what was hashed with the old one matches nothing.
            return File.Exists(file) && File.ReadAllBytes(file) is { Length: Length } key ? key : Make(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.NotWritten($"{FileName}: {e.Message.TrimEnd('.')}"), e);
        }
    }

    private static byte[] Make(string file)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        var unfinished = file + ".new";
        using (var stream = OwnerOnly.Open(unfinished, FileMode.Create))
        {
            stream.Write(key);
            stream.Flush(flushToDisk: true);
        }
        File.Move(unfinished, file, overwrite: true);
        return key;
    }
}
