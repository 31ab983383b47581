using System.Data.Common;
using System.Globalization;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// Which process of a topology may run a module on its file, since the last move. It is stored in the file, so that no copy of the file
/// from before the move can be taken for the current one.
/// </summary>
/// <param name="Owner">The name of the process; null for a file that was never moved, which any process may use.</param>
/// <param name="Generation">Grows with each move.</param>
internal sealed record Ownership(string? Owner, long Generation)
{
    public static Ownership Of(DbConnection connection) =>
        new(
            Value(connection, "owner"),
            long.TryParse(Value(connection, "generation"), CultureInfo.InvariantCulture, out var generation) ? generation : 0
        );

    /// <summary>The ownership in a module's file.</summary>
    public static Ownership In(string path)
    {
        using var connection = OtherFile.OpenReadOnly(path);
        return Of(connection);
    }

    public void Write(DbConnection connection)
    {
        connection.Execute("REPLACE INTO kernel_meta VALUES ('owner', $owner)", ("$owner", Owner));
        connection.Execute(
            "REPLACE INTO kernel_meta VALUES ('generation', $generation)",
            ("$generation", Generation.ToString(CultureInfo.InvariantCulture))
        );
    }

    /// <summary>Why a process must not use the file; null when it may. Without a topology, a process has no name.</summary>
    public StorageFault? FaultFor(string? process) =>
        Owner is null || process is null || Owner == process
            ? null
            : StorageFault.Lasting(
                $"The file belongs to process '{Owner}', to which the module was moved (generation {Generation}).",
                $"Move the module here while both processes run: modularshop move MODULE --to {process}. Only if '{Owner}' does not run the "
                    + "module, and never will with a copy of this file, accept that this process takes it over"
            );

    private static string? Value(DbConnection connection, string name) =>
        connection.Scalar("SELECT value FROM kernel_meta WHERE name = $name", ("$name", name)) as string;
}
