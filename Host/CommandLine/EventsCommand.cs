using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModularShop.Host.CommandLine;

/// <summary><c>events list|show|tail</c>: the events in the modules' logs, as CloudEvents.</summary>
internal static class EventsCommand
{
    private const int PageSize = 500;

    public static Command Create() => new("events", "Look at the events that modules published.") { List(), Show(), EventsTail.Create() };

    private static Command List()
    {
        var module = new Argument<string>("module") { Description = "The module that published them." };
        var after = new Option<long>("--after") { Description = "Begin after this position.", HelpName = "N" };
        var limit = new Option<int>("--limit")
        {
            Description = "List so many at most.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--limit takes a number from 1.");
            }
        });
        var name = new Option<string?>("--name") { Description = "Only events of this name.", HelpName = "MODULE.EVENT" };
        var key = new Option<string?>("--key") { Description = "Only events of this key.", HelpName = "KEY" };
        var json = ShopCommands.Json();
        return new Command("list", "List events, oldest first.") { module, after, limit, name, key, json }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var path = $"/admin/v1/modules/{Escape(parse.GetRequiredValue(module))}/events?";
                path += parse.GetValue(name) is { } n ? $"name={Escape(n)}&" : "";
                path += parse.GetValue(key) is { } k ? $"key={Escape(k)}&" : "";
                var events = Read(shop.Http, path, parse.GetValue(after), parse.GetValue(limit), ct);
                await Print(events, parse.GetValue(json), ct);
                return ExitCode.Ok;
            }
        );
    }

    private static Command Show()
    {
        var module = new Argument<string>("module") { Description = "The module that published it." };
        var position = new Argument<long>("position") { Description = "Its position in the module's log." };
        var json = ShopCommands.Json();
        return new Command("show", "Show one event.") { module, position, json }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var path = $"/admin/v1/modules/{Escape(parse.GetRequiredValue(module))}/events/{parse.GetValue(position)}";
                var cloudEvent = await shop.Http.Get<JsonElement>(path, ct);
                if (parse.GetValue(json))
                {
                    Terminal.Json(cloudEvent);
                    return ExitCode.Ok;
                }
                Describe(cloudEvent);
                return ExitCode.Ok;
            }
        );
    }

    /// <summary>Prints an event for people: its attributes, then its data.</summary>
    public static void Describe(JsonElement cloudEvent)
    {
        var attributes = cloudEvent.EnumerateObject().Where(property => property.Name != "data");
        Terminal.Details(attributes.Select(attribute => (attribute.Name, (string?)attribute.Value.ToString())));
        Terminal.Json(cloudEvent.GetProperty("data"));
    }

    private static async IAsyncEnumerable<JsonElement> Read(
        HttpClient http,
        string path,
        long after,
        int limit,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        while (limit > 0)
        {
            var page = Math.Min(PageSize, limit);
            var found = 0;
            await foreach (var cloudEvent in http.GetItems<JsonElement>($"{path}after={after}&limit={page}", ct))
            {
                after = cloudEvent.GetProperty("position").GetInt64();
                found++;
                yield return cloudEvent;
            }
            limit -= found;
            if (found < page)
            {
                yield break;
            }
        }
    }

    private static async Task Print(IAsyncEnumerable<JsonElement> events, bool json, CancellationToken ct)
    {
        if (json)
        {
            await Terminal.Json(events);
            return;
        }
        // The data is left out, as it may be large.
        var rows = events.Select(e =>
            new[] { Text(e, "position"), Text(e, "time"), Text(e, "type"), Text(e, "eventversion"), Text(e, "subject") }
        );
        Terminal.Table(["Position", "Time", "Event", "Version", "Key"], await rows.ToListAsync(ct));
    }

    // An event whose row is damaged may lack attributes.
    private static string Text(JsonElement cloudEvent, string attribute) =>
        cloudEvent.TryGetProperty(attribute, out var value) ? value.ToString() : "";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
