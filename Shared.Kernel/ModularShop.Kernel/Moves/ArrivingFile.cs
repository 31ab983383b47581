using System.Security.Cryptography;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>The file of a module that is being moved to this process. It is in a directory of its own until it is accepted.</summary>
internal sealed class ArrivingFile(MovePlan plan, string data, bool isSameDirectory, Task<PreparedModule> preparing)
{
    private const string Directories = "arriving";

    private string? fileHash;

    public MovePlan Plan => plan;

    public bool IsSameDirectory => isSameDirectory;

    /// <summary>The module, which is prepared while its file arrives.</summary>
    public Task<PreparedModule> Preparing => preparing;

    private string Place => isSameDirectory ? Path.Combine(data, plan.Module + DataDirectory.FileExtension) : PathIn(data, plan.Module);

    private string Wal => $"{Place}-wal";

    public static string PathIn(string data, string module) =>
        Path.Combine(DirectoryOf(data, module), module + DataDirectory.FileExtension);

    /// <summary>Where a module is tried out before its file arrives.</summary>
    public static string TrialDirectoryOf(string data, string module) => Path.Combine(DirectoryOf(data, module), "trial");

    public static void DeleteAll(string data, string module)
    {
        if (Directory.Exists(DirectoryOf(data, module)))
        {
            Directory.Delete(DirectoryOf(data, module), recursive: true);
        }
    }

    public async Task<string> ReceiveFile(Stream content, CancellationToken ct)
    {
        OwnerOnly.CreateDirectory(DirectoryOf(data, plan.Module));
        await using var file = OwnerOnly.Open(Place, FileMode.Create);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        while (await content.ReadAsync(buffer, ct) is > 0 and var length)
        {
            hash.AppendData(buffer, 0, length);
            await file.WriteAsync(buffer.AsMemory(0, length), ct);
        }
        file.Flush(flushToDisk: true);
        return fileHash = Convert.ToHexString(hash.GetHashAndReset());
    }

    public async Task ReceiveWal(long offset, Stream content, CancellationToken ct)
    {
        await using var file = OwnerOnly.Open(Wal, FileMode.OpenOrCreate);
        file.SetLength(offset);
        file.Position = offset;
        await content.CopyToAsync(file, ct);
    }

    public async Task<string> WalHash(CancellationToken ct)
    {
        if (!File.Exists(Wal))
        {
            return Convert.ToHexString(SHA256.HashData([]));
        }
        await using var file = File.OpenRead(Wal);
        return Convert.ToHexString(await SHA256.HashDataAsync(file, ct));
    }

    /// <summary>
    /// How what has arrived differs from what was sent; null when it does not. The write-ahead log is moved into the file, which is then
    /// complete and on disk.
    /// </summary>
    public string? Difference(MoveSeal seal)
    {
        if (!isSameDirectory && fileHash != seal.FileHash)
        {
            return "The file has not arrived as it was sent.";
        }
        try
        {
            using var connection = OtherFile.OpenToComplete(Place);
            var (ownership, epoch) = (Ownership.Of(connection), KernelSchema.Epoch(connection));
            var checkpoints = Checkpoints.Read(connection).Select(each => new SealedCheckpoint(each.Source, each.Epoch, each.Position));
            return ownership.Owner != plan.To || ownership.Generation != plan.Generation
                    ? $"The file belongs to '{ownership.Owner}', generation {ownership.Generation}, and not to '{plan.To}', {plan.Generation}."
                : epoch != seal.Epoch ? $"The log has the epoch {epoch} instead of {seal.Epoch}."
                : KernelSchema.LastPosition(connection) is var last && last != seal.LastPosition
                    ? $"The log ends at {last} instead of {seal.LastPosition}."
                : !checkpoints.SequenceEqual(seal.Checkpoints) ? "The checkpoints differ."
                : null;
        }
        catch (System.Data.Common.DbException e)
        {
            return $"The file cannot be read: {e.Message}";
        }
    }

    public void PutInPlace(string path)
    {
        if (!isSameDirectory)
        {
            Install(data, plan.Module, path);
        }
        DepartedNote.Delete(path);
    }

    /// <summary>Moves an accepted file to its place. Does nothing if it is there already.</summary>
    public static void Install(string data, string module, string path)
    {
        var arrived = PathIn(data, module);
        if (File.Exists(arrived))
        {
            File.Move(arrived, path, overwrite: false);
            DirectoryEntries.Flush(Path.GetDirectoryName(path)!);
        }
        DeleteAll(data, module);
    }

    public void Discard() =>
        _ = preparing.ContinueWith(async prepared => await (await prepared).DisposeAsync(), TaskContinuationOptions.OnlyOnRanToCompletion);

    private static string DirectoryOf(string data, string module) => Path.Combine(data, Directories, module);
}
