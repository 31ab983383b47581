namespace ModularShop.Kernel.Persistence;

/// <summary>What is wrong with a module's file, and what a person does about it. In their words, and without paths.</summary>
/// <param name="Passes">It may pass by itself; the file is tried again until it has. Otherwise the module stands still.</param>
public sealed record StorageFault(string Reason, string Cure, bool Passes)
{
    private const string ByItself = "the module goes on by itself.";

    public override string ToString() => $"{Reason} {Cure}";

    /// <summary>The fault that an exception from the use of a file tells of; null when it is not about the file.</summary>
    public static StorageFault? Of(Exception exception) => SqliteErrors.FaultOf(exception);

    /// <summary>The file is sound: a unit of work ended the transaction that it shares with others.</summary>
    internal static StorageFault Ended { get; } =
        Passing("The transaction was ended by a unit of work within it.", "Look at the log for the unit that ended it");

    internal static StorageFault Full(string detail) =>
        Passing($"The disk is full ({detail}).", "Free space on the disk of the data directory");

    internal static StorageFault ReadOnly(string detail) =>
        Passing($"The file is read-only ({detail}).", "Make it and its directory writable for the user who runs the process");

    internal static StorageFault Locked(string detail) =>
        Passing($"Another program has locked the file ({detail}).", "End that program (fuser names it)");

    internal static StorageFault NotOpened(string detail) =>
        Passing($"The file cannot be opened ({detail}).", "Make it and its directory accessible to the user who runs the process");

    internal static StorageFault NotWritten(string detail) =>
        Passing($"The disk refused to read or write ({detail}).", "Look at the disk, its quota and the system's log");

    internal static StorageFault Damaged(string detail) =>
        Lasting(
            $"The file is damaged ({detail}).",
            "Put a backup of it in its place and move the -wal file beside it away, then restart the module."
        );

    internal static StorageFault Lasting(string reason, string cure) => new(reason, cure, Passes: false);

    private static StorageFault Passing(string reason, string cure) => new(reason, $"{cure}; {ByItself}", Passes: true);
}
