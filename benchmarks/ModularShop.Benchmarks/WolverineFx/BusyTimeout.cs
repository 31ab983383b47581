using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModularShop.Benchmarks.WolverineFx;

/// <summary>
/// Lets SQLite itself wait for a lock on the connections of EF Core. Without it Microsoft.Data.Sqlite waits, which tries again
/// every 150 ms.
/// </summary>
internal sealed class BusyTimeout : DbConnectionInterceptor
{
    public const int Milliseconds = 30_000;

    private static readonly string Pragma = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {Milliseconds}");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken ct = default)
    {
        Set(connection);
        return Task.CompletedTask;
    }

    private static void Set(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }
}
