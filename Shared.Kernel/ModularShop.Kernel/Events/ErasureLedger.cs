using System.Text;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The persons that a module has erased, in a small file beside the module's file. No backup contains it and a restore keeps it, so that
/// persons whom an older file brings back are erased again: see <see cref="Missing"/>. Written after each commit, before its callers
/// are answered.
/// </summary>
internal sealed partial class ErasureLedger(ModuleDatabase database, ILogger<ErasureLedger> logger) : ITransactionParticipant
{
    public const string Extension = ".erased";

    private readonly string path = PathFor(database.File);
    private readonly TransactionList<Guid> erased = new();

    public static string PathFor(string moduleFile) => Path.ChangeExtension(moduleFile, Extension);

    /// <summary>The paths of the ledgers in a directory.</summary>
    public static IReadOnlyList<string> PathsIn(string directory) => Directory.GetFiles(directory, $"*{Extension}");

    /// <summary>Notes that the running transaction erases a person.</summary>
    public void Add(WriteTransaction transaction, Guid person, DateTimeOffset now)
    {
        if (ErasedPersons.Add(transaction, person, now))
        {
            erased.Add(person);
        }
    }

    /// <summary>
    /// The persons in the ledger whom the module's file does not know as erased: an older file was restored. Adds to the ledger what
    /// only the file knows, for example after a crash.
    /// </summary>
    /// <exception cref="StorageException">The ledger cannot be read or written.</exception>
    public IReadOnlyList<Guid> Missing()
    {
        try
        {
            var (noted, known) = (Read(), database.Read(ErasedPersons.All));
            Append([.. known.Except(noted)]);
            return [.. noted.Except(known)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The list of erased persons, {Path.GetFileName(path)}, cannot be read: {e.Message.TrimEnd('.')}.",
                    "Make it readable and writable, and do not delete it: without it, a restored backup brings erased persons back."
                ),
                e
            );
        }
    }

    public void Begin() => erased.Begin();

    public void Save() => erased.Save();

    public void Release() => erased.Release();

    public void RollBack() => erased.RollBack();

    public void Committed()
    {
        try
        {
            Append(erased.Items);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The persons are erased, and the file knows it. The next start adds them.
            LogNotNoted(e, Path.GetFileName(path));
        }
    }

    private List<Guid> Read() => File.Exists(path) ? [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Guid.Parse)] : [];

    private void Append(IReadOnlyList<Guid> persons)
    {
        if (persons.Count == 0)
        {
            return;
        }
        using var file = OwnerOnly.Open(path, FileMode.Append, access: FileAccess.Write);
        // After a crash, the last line may be incomplete.
        file.Write(Encoding.ASCII.GetBytes(string.Concat(persons.Select(person => $"\n{person}"))));
        file.Flush(flushToDisk: true);
    }

    [LoggerMessage(LogLevel.Error, "Persons were erased, but {Ledger} cannot be written; the next start of the module tries again")]
    private partial void LogNotNoted(Exception exception, string ledger);
}
