namespace ModularShop.Kernel.Storage;

/// <summary>The module's file could not be used, or its transaction was lost. No result of the unit of work was acknowledged.</summary>
public sealed class StorageException : Exception
{
    public StorageException(StorageFault fault, Exception? cause = null)
        : this($"The module's file could not be used: {fault.Reason}", fault, cause) { }

    private StorageException(string message, StorageFault fault, Exception? cause)
        : base(message, cause) => Fault = fault;

    /// <summary>
    /// The file is sound, but another unit of work in the same transaction ended it. The same unit can be run again at once.
    /// </summary>
    internal bool IsGroupEnded => Fault == StorageFault.Ended;

    public StorageFault Fault { get; }

    /// <summary>
    /// The database that failed; null when it was not open yet, or when the code that created the exception does not know it.
    /// </summary>
    internal ModuleDatabase? Database { get; init; }

    internal static StorageException GroupEnded(Exception? cause = null) => new(StorageFault.Ended.Reason, StorageFault.Ended, cause);

    /// <summary>
    /// Whether the commit may have reached the disk, in whole or in part: after the next start the changes may be there or not.
    /// </summary>
    public bool OutcomeIsUnknown { get; init; }
}
