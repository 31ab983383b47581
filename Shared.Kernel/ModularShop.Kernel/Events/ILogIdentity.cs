namespace ModularShop.Kernel.Events;

/// <summary>A log in a local file, with what distinguishes it from another log and from an older copy of itself.</summary>
internal interface ILogIdentity
{
    string Source { get; }

    /// <summary>Identifies the log. A log that was created anew has another epoch.</summary>
    string Epoch { get; }

    /// <summary>The position of the newest committed event; 0 when there is none.</summary>
    long LastPosition { get; }

    /// <summary>The id of the event at a position; null when there is none.</summary>
    Guid? EventAt(long position);
}
