using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>The event log in a module's file on which no module is running.</summary>
internal sealed class ModuleLog(FileSnapshot file) : ILogIdentity
{
    private readonly Lazy<long?> gap = new(() => FindGap(file));

    public string Source => file.Module;

    public string Epoch { get; } = KernelSchema.Epoch(file.Connection);

    /// <summary>The last position that was assigned, even if the newest events are missing.</summary>
    public long LastPosition { get; } = KernelSchema.LastPosition(file.Connection);

    /// <summary>The first assigned position without an event; null when the log is complete. Determined once.</summary>
    public long? Gap => gap.Value;

    public Guid? EventAt(long position) => EventLog.EventAt(file.Connection, position);

    private static long? FindGap(FileSnapshot file) =>
        file.Connection.Scalar(
            """
            SELECT min(position) + 1 FROM (SELECT 0 AS position UNION ALL SELECT position FROM event_log) e
            WHERE position < $last AND NOT EXISTS (SELECT 1 FROM event_log WHERE position = e.position + 1)
            """,
            ("$last", KernelSchema.LastPosition(file.Connection))
        ) as long?;
}
