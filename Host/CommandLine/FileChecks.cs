using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// The doctor's checks of the data directory and the modules' files. They only read, so they can run while the shop runs.
/// </summary>
internal static class FileChecks
{
    private const string DataDirectory = "data directory";

    private const long Mebibyte = 1024 * 1024;
    private const long TooLittleSpace = 100 * Mebibyte;
    private const long LittleSpace = 1024 * Mebibyte;
    private const int LockTimeoutSeconds = 2;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>Why the files of a directory cannot be checked; null when they can.</summary>
    /// <param name="isHeld">Whether a shop reported that it runs on the directory.</param>
    public static Check? Obstacle(string directory, bool isHeld)
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(directory).Any();
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return isHeld
                ? Check.Failed(
                    DataDirectory,
                    $"{directory} is not to be found from here, though the shop runs on it.",
                    "Run the doctor where the shop runs: on its machine, and in its container or with its view of the files."
                )
                : Check.Failed(
                    DataDirectory,
                    $"{directory} does not exist.",
                    $"Name the right one with --data, or create it: modularshop run --data {directory}"
                );
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Check.Failed(
                DataDirectory,
                $"{directory} and its files cannot be looked at: {e.Message}",
                "Run the doctor as the user of the shop, or as root."
            );
        }
    }

    public static IEnumerable<Check> OfDirectory(string directory)
    {
        yield return Writable(directory);
        yield return Private("data directory is private", directory, "700");
        yield return Space(directory);
        foreach (var part in Directory.GetFiles(directory).Where(KeptFiles.IsSmallFile).Order(StringComparer.Ordinal))
        {
            yield return Private($"file {Path.GetFileName(part)} is private", part, "600");
        }
    }

    public static IEnumerable<Check> OfModule(string directory, ModuleView module, bool isHosted)
    {
        var file = Path.Combine(directory, module.File);
        if (!File.Exists(file))
        {
            yield return Check.Failed(
                $"file {module.File}",
                "It does not exist.",
                module switch
                {
                    _ when new FileInfo($"{file}-wal") is { Exists: true, Length: > 0 } =>
                        $"{StorageFault.WalAlone.Cure} {ModuleChecks.Restart(module.Name, isHosted)}",
                    // The module's own advice has more details, for example that its content was saved to another file.
                    { OwnsData: true, State: ModuleState.Quarantined, Cure: { } cure } =>
                        $"{cure} {ModuleChecks.Restart(module.Name, isHosted)} {ModuleChecks.BeginAnew(module.Name)}",
                    { OwnsData: true } =>
                        $"Put {module.File} or a backup of it back. {ModuleChecks.Restart(module.Name, isHosted)} {ModuleChecks.BeginAnew(module.Name)}",
                    _ => $"The module fills it again from the events of the others. {ModuleChecks.Restart(module.Name, isHosted)}",
                }
            );
            yield break;
        }
        yield return Intact(file, module);
        foreach (var part in new[] { file, $"{file}-wal", $"{file}-shm" }.Where(File.Exists))
        {
            yield return Private($"file {Path.GetFileName(part)} is private", part, "600");
        }
    }

    private static Check Writable(string directory)
    {
        const string name = "data directory is writable";
        try
        {
            var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
            new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return Check.Ok(name, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Failed(name, e.Message, $"Make {directory} writable for the user who runs the shop.");
        }
    }

    private static Check Private(string name, string path, string mode)
    {
        if (OperatingSystem.IsWindows())
        {
            return Check.Ok(name, "Its access list is inherited from the directory above.");
        }
        UnixFileMode found;
        try
        {
            found = File.GetUnixFileMode(path);
        }
        catch (FileNotFoundException)
        {
            return Check.Ok(name, "It was removed meanwhile, as SQLite does with what it no longer needs.");
        }
        return (found & Others) == 0
            ? Check.Ok(name, "Only its owner can read it.")
            : Check.Failed(name, $"Its mode is {Convert.ToString((int)found, toBase: 8)}: others have access.", $"chmod {mode} {path}");
    }

    private static Check Space(string directory)
    {
        const string name = "free disk space";
        var free = new DriveInfo(directory).AvailableFreeSpace;
        var finding = $"{free / Mebibyte:N0} MiB";
        var fix =
            $"Free space on the disk of {directory}, but remove none of its files, or move the whole directory to a larger one while the "
            + "shop is stopped.";
        return free switch
        {
            < TooLittleSpace => Check.Failed(name, finding, fix),
            < LittleSpace => Check.Warning(name, finding, fix),
            _ => Check.Ok(name, finding),
        };
    }

    private static Check Intact(string file, ModuleView module)
    {
        var name = $"file {module.File}";
        // SQLite would treat an empty file as a new one, and delete its log.
        if (new FileInfo(file).Length == 0)
        {
            return Damaged(name, "It is empty.", module);
        }
        try
        {
            var readOnly = new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
                DefaultTimeout = LockTimeoutSeconds,
            };
            using var connection = new SqliteConnection(readOnly.ToString());
            connection.Open();
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            var found = (string)check.ExecuteScalar()!;
            return found == "ok" ? Check.Ok(name, $"Intact, {new FileInfo(file).Length / Mebibyte:N0} MiB.") : Damaged(name, found, module);
        }
        catch (SqliteException e)
        {
            return StorageFault.Of(e) is { MayPassByItself: true } fault
                ? Check.Failed(name, fault.Reason, fault.Cure)
                : Damaged(name, e.Message, module);
        }
    }

    private static Check Damaged(string name, string finding, ModuleView module) =>
        Check.Failed(
            name,
            finding,
            $"Stop the shop, {MoveAside(module.File)}"
                + (
                    module.OwnsData
                        ? $", put a backup of {module.File} in its place and start again. {ModuleChecks.WhereOthersHaveReadFurther}"
                        : " and start again: the module fills a new one from the events of the others."
                )
        );

    /// <summary>
    /// The advice to move a file with its log, which would otherwise be applied to the file that replaces it. Nothing is deleted.
    /// </summary>
    public static string MoveAside(string file) => $"move {file}, and {file}-wal and {file}-shm if they are there, to another directory";
}
