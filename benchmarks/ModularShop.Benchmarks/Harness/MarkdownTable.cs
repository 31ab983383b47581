using System.Text;

namespace ModularShop.Benchmarks.Harness;

/// <summary>A table of results.</summary>
internal sealed class MarkdownTable(params IReadOnlyList<string> columns)
{
    private readonly List<IReadOnlyList<string>> rows = [];

    /// <summary>Adds a row. Numbers are written with the culture's invariant point.</summary>
    public MarkdownTable Row(params FormattableString[] cells)
    {
        rows.Add([.. cells.Select(FormattableString.Invariant)]);
        return this;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", columns).AppendLine(" |");
        text.Append('|').AppendJoin('|', columns.Select(_ => "---")).AppendLine("|");
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row).AppendLine(" |");
        }
        return text.ToString();
    }
}
