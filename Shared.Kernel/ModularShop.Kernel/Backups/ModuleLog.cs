using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Backups;

/// <summary>The event log in a module's file that no module is running on.</summary>
internal sealed class ModuleLog(FileSnapshot file) : ILogIdentity
{
    public string Source => file.Module;

    public string Epoch { get; } = KernelSchema.Epoch(file.Connection);

    /// <summary>What was given out last, even if the newest events are missing.</summary>
    public long LastPosition { get; } = EventLog.ReadLastPosition(file.Connection);

    /// <summary>The first event that is there; 0 when none is.</summary>
    public long FirstPosition { get; } = Number(file, "SELECT coalesce(min(position), 0) FROM event_log");

    /// <summary>The first position that has no event though later ones were given out; null when the log has no gap.</summary>
    public long? Gap() =>
        FirstPosition == 0
            ? null
            : Number(
                file,
                $"""
                SELECT coalesce(min(position) + 1, 0) FROM event_log e
                WHERE position < {LastPosition} AND NOT EXISTS (SELECT 1 FROM event_log WHERE position = e.position + 1)
                """
            ) switch
            {
                0 => null,
                var gap => gap,
            };

    public Guid? EventAt(long position) => EventLog.EventAt(file.Connection, position);

    private static long Number(FileSnapshot file, string sql)
    {
        using var select = file.Connection.CreateCommand();
        select.CommandText = sql;
        return (long)select.ExecuteScalar()!;
    }
}
