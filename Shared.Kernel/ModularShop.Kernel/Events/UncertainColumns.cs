using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Reads columns that may hold values of any type: SQLite does not enforce types, and a damaged page may hold anything. For an
/// unexpected value it returns a displayable one and records the damage.
/// </summary>
internal struct UncertainColumns(DbDataReader row)
{
    private Dictionary<string, object?>? stored;
    private StringBuilder? text;

    /// <summary>What was unexpected so far; null when nothing was.</summary>
    public readonly Damage? Damage => stored is null ? null : new Damage(text!.ToString(), stored);

    public Guid EventId(int column, string name, long position)
    {
        var value = row.GetValue(column);
        if (value is string id && Guid.TryParse(id, out var found))
        {
            return found;
        }
        Note(name, "no UUID", value);
        return EventIds.At(position, value);
    }

    public Guid? OptionalId(int column, string name)
    {
        var value = row.GetValue(column);
        if (value is DBNull)
        {
            return null;
        }
        if (value is string id && Guid.TryParse(id, out var found))
        {
            return found;
        }
        Note(name, "no UUID", value);
        return null;
    }

    public string? OptionalText(int column, string name) => row.IsDBNull(column) ? null : Text(column, name);

    public string Text(int column, string name, bool canBeEmpty = true)
    {
        var value = row.GetValue(column);
        var bytes = value as byte[];
        // The provider reads invalid UTF-8 as U+FFFD. The text may also contain that character itself, so the bytes decide.
        if (value is string found && found.Contains('\uFFFD', StringComparison.Ordinal))
        {
            bytes = row.GetFieldValue<byte[]>(column);
        }
        if (bytes is not null && !Utf8.IsValid(bytes))
        {
            Note(name, "no UTF-8", bytes);
        }
        else if (value is not (string or byte[]))
        {
            Note(name, "no text", value);
        }
        var read = bytes is null ? Convert.ToString(value, CultureInfo.InvariantCulture)! : Encoding.UTF8.GetString(bytes);
        if (read.Length == 0 && !canBeEmpty)
        {
            Note(name, "empty", value);
        }
        return read;
    }

    public long Number(int column, string name, long least, long greatest)
    {
        var value = row.GetValue(column);
        if (value is long number && number >= least && number <= greatest)
        {
            return number;
        }
        Note(name, $"no number from {least} to {greatest}", value);
        return 0;
    }

    public DateTimeOffset Time(int column, string name)
    {
        var value = row.GetValue(column);
        if (value is long milliseconds && milliseconds >= Earliest && milliseconds <= Latest)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
        Note(name, "no time", value);
        return DateTimeOffset.UnixEpoch;
    }

    private static long Earliest { get; } = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    private static long Latest { get; } = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private void Note(string name, string problem, object? value)
    {
        stored ??= [];
        text ??= new StringBuilder();
        if (stored.TryAdd(name, value is DBNull ? null : value))
        {
            text.Append(text.Length == 0 ? "" : " ")
                .Append(CultureInfo.InvariantCulture, $"{name} is {(value is DBNull ? "missing" : problem)}.");
        }
    }
}
