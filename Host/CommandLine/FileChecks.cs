using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Host.CommandLine;

/// <summary>The doctor's look at the data directory and the modules' files. Reads only, so it can look while a shop runs.</summary>
internal static class FileChecks
{
    private const long Mebibyte = 1024 * 1024;
    private const long TooLittleSpace = 100 * Mebibyte;
    private const long LittleSpace = 1024 * Mebibyte;
    private const int LockPatienceSeconds = 2;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    public static IEnumerable<Check> OfDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            yield return Check.Failed(
                "data directory",
                $"{directory} does not exist.",
                $"Name the right one with --data, or create it: modularshop run --data {directory}"
            );
            yield break;
        }
        yield return Writable(directory);
        yield return Private("data directory is private", directory, "700");
        yield return Space(directory);
    }

    public static IEnumerable<Check> OfModule(string directory, ModuleView module)
    {
        var file = Path.Combine(directory, module.File);
        if (!File.Exists(file))
        {
            yield return Check.Failed(
                $"file {module.File}",
                "It does not exist.",
                module.OwnsData
                    ? $"Put {module.File} or a backup of it back, then restart the module: {ModuleChecks.Restart(module.Name)} "
                        + ModuleChecks.BeginAnew(module.Name)
                    : $"Restart the module, which fills it again from the events of the others: {ModuleChecks.Restart(module.Name)}"
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
        try
        {
            var readOnly = new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
                DefaultTimeout = LockPatienceSeconds,
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
            return StorageFault.Of(e) is { Passes: true } fault
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

    /// <summary>With the log of a file, which would else get into the one that takes its place. Nothing is deleted.</summary>
    public static string MoveAside(string file) => $"move {file}, and {file}-wal and {file}-shm if they are there, to another directory";
}
