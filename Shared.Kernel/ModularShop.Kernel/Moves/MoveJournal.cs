using System.Text.Json;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>
/// A small file beside a module's file that says how far a move has come, so that it is finished or undone after a crash. Each process
/// has its own. It is replaced atomically, and is on disk when <see cref="Write"/> returns.
/// </summary>
internal sealed class MoveJournal<T>(string directory, string module, string extension)
    where T : class
{
    private readonly string path = Path.Combine(directory, module + extension);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public T? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The journal of a move, {Path.GetFileName(path)}, cannot be read: {e.Message.TrimEnd('.')}.",
                    "Make it readable for the user who runs the process, and do not delete it: it says which process owns the module."
                ),
                e
            );
        }
    }

    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(T entry)
    {
        try
        {
            OwnerOnly.Replace(path, JsonSerializer.SerializeToUtf8Bytes(entry));
            DirectoryEntries.Flush(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.NotWritten($"{Path.GetFileName(path)}: {e.Message.TrimEnd('.')}"), e);
        }
    }

    public void Delete()
    {
        File.Delete(path);
        DirectoryEntries.Flush(directory);
    }
}

/// <summary>How far a move has come in the process that has the module.</summary>
internal sealed record DepartureEntry(MovePlan Plan, bool IsSigned, bool IsSameDirectory);

/// <summary>How far a move has come in the process that gets the module.</summary>
internal sealed record ArrivalEntry(MovePlan Plan, MoveDecision Decision, bool IsSameDirectory);
