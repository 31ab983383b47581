using System.Security.Cryptography;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// The random key for a data directory's keyed hashes, in a separate file that only its owner can read. Backups do not contain it: with
/// a module's file or a backup alone, an attacker cannot test guesses of a secret against its hash.
/// </summary>
internal sealed class HashKey(string directory)
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
                return bytes ??= ReadOrMake(Path.Combine(directory, FileName));
            }
        }
    }

    private static byte[] ReadOrMake(string file)
    {
        try
        {
            // A key of another length is damaged and is replaced. Repeated requests with secrets are then refused, as no hash of the
            // old key matches.
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
