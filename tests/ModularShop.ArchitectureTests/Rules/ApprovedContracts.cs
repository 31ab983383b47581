using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModularShop.Kernel.Events;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// A folder with one JSON Schema file for each version of each event. A new event, a new version and a new optional field are written
/// to it. Any other difference is a violation until somebody deletes the file.
/// </summary>
internal sealed class ApprovedContracts(string folder)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How the event violates what was approved. If it does not, the file is updated.</summary>
    public IReadOnlyList<string> Review(EventType type)
    {
        var missing = Enumerable.Range(1, type.Version - 1).Where(version => !File.Exists(FileOf(type.Name, version))).ToList();
        if (missing.Count > 0)
        {
            return
            [
                .. missing.Select(version =>
                    $"{NameOf(type)}: version {version} was never approved. Versions count up from 1, one by one."
                ),
            ];
        }
        var file = FileOf(type.Name, type.Version);
        var current = EventSchema.Of(type.Clr);
        var approved = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))!.AsObject() : null;
        if (approved is not null && ContractChange.Breaks(approved, current) is { Count: > 0 } breaks)
        {
            return [.. breaks.Select(change => $"{NameOf(type)}: {change}."), Advice(type, file)];
        }
        if (!JsonNode.DeepEquals(approved, current))
        {
            File.WriteAllText(file, current.ToJsonString(Readable) + "\n");
        }
        return [];
    }

    /// <summary>Approved versions for which there is no event any more.</summary>
    public IReadOnlyList<string> Orphans(IReadOnlyCollection<EventType> types)
    {
        var current = types.ToDictionary(type => type.Name, type => type.Version);
        return
        [
            .. from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            let parts = Path.GetFileNameWithoutExtension(file).Split(".v")
            let known = current.GetValueOrDefault(parts[0])
            where known < int.Parse(parts[1], CultureInfo.InvariantCulture)
            select known > 0
                ? $"{parts[0]} v{parts[1]}: the event went back to version {known}, and would not be read any more."
                : $"{parts[0]} v{parts[1]}: no event has this name any more, but logs hold it for ever. If its record was renamed, give "
                    + $"it the old [EventName] back. Only if nobody is to read such events any more: delete {file}.",
        ];
    }

    private static string NameOf(EventType type) => $"{type.Name} v{type.Version}";

    private static string Advice(EventType type, string file) =>
        $"Events like that are in logs for ever: make it version {type.Version + 1}, and add an upcaster from {type.Version} to each "
        + $"module that reacts to it (ARCHITECTURE.md, Adding things). Only if no log holds such an event yet: delete {file} and "
        + "run the tests again.";

    private string FileOf(string name, int version) => Path.Combine(folder, $"{name}.v{version}.json");
}
