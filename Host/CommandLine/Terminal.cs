using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// Data goes to standard output, messages and progress to standard error. Colours, borders and animation are left out where a stream is
/// redirected, and lines are then not wrapped.
/// </summary>
internal static class Terminal
{
    private const int Unlimited = 100_000;

    private static readonly JsonSerializerOptions Line = new(JsonSerializerDefaults.Web)
    {
        // The output is not embedded in HTML, so it needs no HTML escaping.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions Indented = new(Line) { WriteIndented = true };

    public static IAnsiConsole Output { get; } = Create(Console.Out, StandardStream.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, StandardStream.IsErrorRedirected);

    public static void Message(string text) => Console.Error.WriteLine(text);

    public static void Json<T>(T data) => Console.Out.WriteLine(JsonSerializer.Serialize(data, Indented));

    /// <summary>Writes a JSON array of any length as its items arrive.</summary>
    public static async Task Json<T>(IAsyncEnumerable<T> items)
    {
        await using var left = items.GetAsyncEnumerator();
        // An error answer is thrown here, before there is any output.
        var isThere = await left.MoveNextAsync();
        await using var output = StandardStream.Output();
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = Line.Encoder });
        json.WriteStartArray();
        for (; isThere; isThere = await left.MoveNextAsync())
        {
            JsonSerializer.Serialize(json, left.Current, Line);
            await json.FlushAsync();
        }
        json.WriteEndArray();
        await json.FlushAsync();
        await output.WriteAsync("\n"u8.ToArray());
    }

    public static void JsonLine<T>(T data) => Console.Out.WriteLine(JsonSerializer.Serialize(data, Line));

    /// <summary>Prints rows under a header. Cells are plain text, without markup.</summary>
    public static void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var table = new Table { Border = StandardStream.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell ?? "")));
        }
        Output.Write(table);
    }

    /// <summary>Prints one name and value per line. Pairs without a value are left out.</summary>
    public static void Details(IEnumerable<(string Name, string? Value)> details)
    {
        var present = details.Where(detail => detail.Value is not null).ToList();
        var width = present.Max(detail => detail.Name.Length);
        foreach (var (name, value) in present)
        {
            Console.Out.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
            }
        );
        if (isRedirected)
        {
            console.Profile.Width = Unlimited;
        }
        return console;
    }
}
