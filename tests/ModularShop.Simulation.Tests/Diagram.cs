using System.Globalization;
using System.Text;

namespace ModularShop.Simulation.Tests;

/// <summary>Records what happened as a Mermaid sequence diagram.</summary>
internal sealed class Diagram
{
    private readonly List<string> lines = [];

    /// <summary>Off except in runs that a person will read: a seed that failed is played again.</summary>
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

    // In Mermaid a semicolon ends a statement, and a hash begins an entity.
    private static string Escape(string text) => text.ReplaceLineEndings(" ").Replace(';', ',').Replace('#', '_');
}
