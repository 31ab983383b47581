using System.CommandLine;
using System.Text.Json;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary><c>events tail</c>: prints events as they are published, until Ctrl+C.</summary>
internal static class EventsTail
{
    public static Command Create()
    {
        var named = new Argument<string[]>("module")
        {
            Description = "The modules whose events to print. Default: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line." };
        return new Command("tail", "Print events as they come, until Ctrl+C.") { named, json }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                try
                {
                    var modules = parse.GetValue(named) is { Length: > 0 } some ? some : await All(shop.Http, ct);
                    await Follow(shop.Http, modules, parse.GetValue(json), ct);
                }
                catch (OperationCanceledException) when (ct.IsCancellationRequested)
                {
                    return ExitCode.Ok;
                }
                throw new CommandFailedException("The shop has ended.");
            }
        );
    }

    private static async Task<string[]> All(HttpClient http, CancellationToken ct) =>
        [.. (await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct)).Select(module => module.Name)];

    private static async Task Follow(HttpClient http, string[] modules, bool json, CancellationToken ct)
    {
        var streams = await Task.WhenAll(
            modules.Select(module => http.GetLines($"/admin/v1/modules/{Uri.EscapeDataString(module)}/events/stream", ct))
        );
        Terminal.Message($"Events of {string.Join(", ", modules)}, as they come. Ctrl+C ends.");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAll(streams.Select(stream => Print(stream, json, ending)));
    }

    // If one stream can no longer be printed because the reader of the output has gone, the others end too.
    private static async Task Print(StreamReader events, bool json, CancellationTokenSource ending)
    {
        using (events)
        {
            try
            {
                // Whole lines are written at a time: the console's writer is synchronized.
                while (await events.ReadLineAsync(ending.Token) is { } line)
                {
                    Console.Out.WriteLine(json ? line : Describe(line));
                }
            }
            catch (IOException)
            {
                await ending.CancelAsync();
                throw;
            }
        }
    }

    private static string Describe(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        var e = parsed.RootElement;
        var time = e.TryGetProperty("time", out var at) ? at.ToString() : "(no time)";
        return $"{time}  {e.GetProperty("position"), 6}  {e.GetProperty("type")}  {e.GetProperty("data").GetRawText()}";
    }
}
