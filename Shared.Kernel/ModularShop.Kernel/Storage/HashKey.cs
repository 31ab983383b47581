using System.Security.Cryptography;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// The random key of a data directory's keyed hashes, in a file of its own, readable for its owner only. Backups leave it out: with a
/// module's file or a backup alone, nobody can find a secret by hashing guesses.
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
            // A key of another length is damaged and is replaced. Hashes that were made with the old key match nothing then.
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
