using System.Data.Common;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>Reads dead letters from their table.</summary>
internal static class DeadLetterRows
{
    private const string Columns =
        "id, status, source, position, replay, attempts, error, stack, failed_at, reason, " + EnvelopeColumns.Names;

    // Streams the rows, as a payload can be large.
    public static IEnumerable<DeadLetter> Select(DbConnection connection, string where, params (string Name, object? Value)[] values)
    {
        using var select = connection.Command($"SELECT {Columns} FROM dead_letters {where}", values);
        using var row = select.ExecuteReader();
        while (row.Read())
        {
            // A damaged letter is listed too: a person has to see it.
            var columns = new UncertainColumns(row);
            yield return new DeadLetter(
                row.GetInt64(0),
                columns.Text(1, "status"),
                EnvelopeColumns.Read(row, columns.Text(2, "source"), columns.Number(3, "position", 0, long.MaxValue), column: 10),
                (Occasion)columns.Number(4, "replay", 0, (long)Occasion.Rebuild),
                (int)columns.Number(5, "attempts", 0, int.MaxValue),
                columns.OptionalText(6, "error"),
                columns.OptionalText(7, "stack"),
                columns.Time(8, "failed_at"),
                columns.OptionalText(9, "reason")
            );
        }
    }
}
