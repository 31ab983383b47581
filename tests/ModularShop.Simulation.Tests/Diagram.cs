using System.Globalization;
using System.Text;

namespace ModularShop.Simulation.Tests;

/// <summary>What happened, as a Mermaid sequence diagram.</summary>
internal sealed class Diagram
{
    private readonly List<string> lines = [];

    /// <summary>Off in all but the runs that somebody will read: a seed that fails is run again.</summary>
    public bool IsOn { get; init; }

    public void Message(string from, string to, string what)
    {
        if (IsOn)
        {
            lines.Add($"{from}->>{to}: {Escape(what)}");
        }
    }

    public void Note(string at, string what)
    {
        if (IsOn)
        {
            lines.Add($"Note over {at}: {Escape(what)}");
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder("sequenceDiagram\n");
        foreach (var participant in (string[])["client", "operator", "alpha", "beta", "gamma"])
        {
            text.Append(CultureInfo.InvariantCulture, $"    participant {participant}\n");
        }
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        }
        return text.ToString();
    }

    // A semicolon ends a statement in Mermaid, and a hash begins an entity.
    private static string Escape(string text) => text.ReplaceLineEndings(" ").Replace(';', ',').Replace('#', '_');
}
