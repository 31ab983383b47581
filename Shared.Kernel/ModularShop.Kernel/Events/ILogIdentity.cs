namespace ModularShop.Kernel.Events;

/// <summary>A log in a file of this machine: what tells it from another one, and from an older copy of itself.</summary>
internal interface ILogIdentity
{
    string Source { get; }

    /// <summary>A log that was begun anew has another.</summary>
    string Epoch { get; }

    /// <summary>The position of the newest committed event, 0 when there is none.</summary>
    long LastPosition { get; }

    /// <summary>The id of the event at a position; null when there is none.</summary>
    Guid? EventAt(long position);
}
