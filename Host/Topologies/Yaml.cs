using System.Text.Encodings.Web;
using System.Text.Json;

namespace ModularShop.Host.Topologies;

/// <summary>Writes values of YAML files.</summary>
internal static class Yaml
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text as a scalar in double quotes. JSON's strings are valid YAML.</summary>
    public static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);

    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";

    /// <summary>The lines of a text, indented for a block.</summary>
    public static string Block(string text, int spaces) =>
        string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => line.Length == 0 ? "" : new string(' ', spaces) + line));
}
