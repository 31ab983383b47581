namespace ModularShop.Kernel.Storage;

/// <summary>
/// What is wrong with a module's file, and what a person should do about it. Both texts are for people and contain no paths.
/// </summary>
/// <param name="MayPassByItself">
/// Whether the fault may pass without intervention: the file is tried again until it does. Otherwise the module is quarantined until a
/// person acts.
/// </param>
public sealed record StorageFault(string Reason, string Cure, bool MayPassByItself)
{
    private const string ByItself = "the module goes on by itself.";

    public override string ToString() => $"{Reason} {Cure}";

    /// <summary>The fault that an exception reports; null when the exception does not concern the file.</summary>
    public static StorageFault? Of(Exception exception) => SqliteErrors.FaultOf(exception);

    /// <summary>The file is gone, but its WAL is left. SQLite would apply that WAL to a backup that is put beside it, and damage it.</summary>
    public static StorageFault WalAlone { get; } =
        Lasting(
            "The file is missing, but its write-ahead log is there.",
            "Put the file back beside its log, then restart the module. If it is gone for good, move the -wal and -shm files to "
                + $"another directory first. Put a backup of the file in its place after that{ThenRestart}"
        );

    /// <summary>The file is sound: a unit of work ended the transaction that it shares with others.</summary>
    internal static StorageFault Ended { get; } =
        Temporary(
            "The transaction was rolled back by one of the units of work that shared it.",
            "Look at the log for the unit that did it"
        );

    /// <summary>The advice for replacing a file: the WAL of the old file must not be applied to the new one.</summary>
    internal const string PutBackupInPlace =
        "Move the file, and the -wal and -shm files beside it, to another directory. Put a backup of it in its place";

    internal const string ThenRestart = ", then restart the module.";

    internal static StorageFault Full(string detail) =>
        Temporary($"The disk is full ({detail}).", "Free space on the disk of the data directory, but remove none of its files");

    internal static StorageFault ReadOnly(string detail) =>
        Temporary($"The file is read-only ({detail}).", "Make it and its directory writable for the user who runs the process");

    internal static StorageFault Locked(string detail) =>
        Temporary(
            $"Another program has locked the file ({detail}).",
            $"End that program (fuser names it, beside this process, {Environment.ProcessId})"
        );

    internal static StorageFault NotOpened(string detail) =>
        Temporary($"The file cannot be opened ({detail}).", "Make it and its directory accessible to the user who runs the process");

    internal static StorageFault NotWritten(string detail) =>
        Temporary($"The disk refused to read or write ({detail}).", "Look at the disk, its quota and the system's log");

    internal static StorageFault Damaged(string detail) => Lasting($"The file is damaged ({detail}).", $"{PutBackupInPlace}{ThenRestart}");

    /// <summary>A newer build wrote the file. This build would lose or damage data that it does not know.</summary>
    internal static StorageFault Newer(string detail) =>
        Lasting(
            $"The file has {detail}: a newer build wrote it. Use a newer build.",
            "Run that build again, or a newer one. To go on with this one, restore the backup that was made before the upgrade; "
                + "what came after it is then only in the files that were moved aside."
        );

    internal static StorageFault Lasting(string reason, string cure) => new(reason, cure, MayPassByItself: false);

    private static StorageFault Temporary(string reason, string cure) => new(reason, $"{cure}; {ByItself}", MayPassByItself: true);
}
