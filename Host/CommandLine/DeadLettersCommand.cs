using System.CommandLine;
using System.Runtime.CompilerServices;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary><c>dead-letters list|show|retry|discard</c>: the events that modules could not apply.</summary>
internal static class DeadLettersCommand
{
    private const int PageSize = 500;

    public static Command Create() =>
        new("dead-letters", "Look at the events that modules could not apply, and decide about them.")
        {
            List(),
            Show(),
            Retry(),
            Discard(),
        };

    private static Command List()
    {
        var module = new Argument<string?>("module")
        {
            Description = "The module that could not apply them. Default: all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var status = new Option<string?>("--status") { Description = "Only those of this status." };
        status.AcceptOnlyFromAmong("dead", "parked", "discarded");
        var json = ShopCommands.Json();
        return new Command("list", "List dead letters, and the events that wait behind them.") { module, status, json }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var modules = parse.GetValue(module) is { } one ? [one] : await Running(shop.Http, ct);
                var letters = modules.ToAsyncEnumerable().SelectMany(name => Read(shop.Http, name, parse.GetValue(status), ct));
                await Print(letters, parse.GetValue(json), ct);
                return ExitCode.Ok;
            }
        );
    }

    private static Command Show()
    {
        var (module, id) = (Module(), Id());
        var json = ShopCommands.Json();
        return new Command("show", "Show a dead letter: the error, where it came from, and the event.") { module, id, json }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var letter = await shop.Http.Get<DeadLetterView>(PathOf(parse.GetRequiredValue(module), parse.GetValue(id)), ct);
                if (parse.GetValue(json))
                {
                    Terminal.Json(letter);
                    return ExitCode.Ok;
                }
                Terminal.Details([
                    ("status", letter.Status),
                    ("attempts", $"{letter.Attempts}"),
                    ("failed at", $"{letter.FailedAt:u}"),
                    ("error", letter.Error),
                    ("reason", letter.Reason),
                ]);
                EventsCommand.Describe(letter.Event);
                if (letter.Stack is not null)
                {
                    Console.Out.WriteLine(letter.Stack);
                }
                return ExitCode.Ok;
            }
        );
    }

    private static Command Retry()
    {
        var module = Module();
        var id = new Argument<long?>("id") { Description = "Its number.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Retry every dead letter of the module." };
        var command = new Command("retry", "Deliver a dead letter again, then the events that wait behind it.") { module, id, all };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(id) is not null)
            {
                result.AddError("Give the number of a dead letter, or --all.");
            }
        });
        return command.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var name = parse.GetRequiredValue(module);
                IReadOnlyList<long> ids = parse.GetValue(id) is { } one
                    ? [one]
                    : await Read(shop.Http, name, "dead", ct).Select(letter => letter.Id).ToListAsync(ct);
                var code = ExitCode.Ok;
                foreach (var letter in ids)
                {
                    code = Math.Max(code, Say(await shop.Http.Post<ReleaseView>($"{PathOf(name, letter)}/retry", body: null, ct)));
                }
                return code;
            }
        );
    }

    private static Command Discard()
    {
        var (module, id) = (Module(), Id());
        var reason = new Option<string>("--reason")
        {
            Description = "Why; it is kept with the letter.",
            HelpName = "TEXT",
            Required = true,
        };
        return new Command("discard", "Give up on a dead letter and deliver the events that wait behind it.")
        {
            module,
            id,
            reason,
        }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var path = $"{PathOf(parse.GetRequiredValue(module), parse.GetValue(id))}/discard";
                return Say(await shop.Http.Post<ReleaseView>(path, new { reason = parse.GetRequiredValue(reason) }, ct));
            }
        );
    }

    private static async Task<IReadOnlyList<string>> Running(HttpClient http, CancellationToken ct)
    {
        var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
        foreach (var module in modules.Where(module => !module.IsRunning))
        {
            Terminal.Message($"Module {module.Name} is left out: it is {module.StateName}.");
        }
        return [.. modules.Where(module => module.IsRunning).Select(module => module.Name)];
    }

    private static async IAsyncEnumerable<DeadLetterView> Read(
        HttpClient http,
        string module,
        string? status,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var filter = status is null ? "" : $"&status={status}";
        var (after, found) = (0L, PageSize);
        while (found == PageSize)
        {
            found = 0;
            await foreach (var letter in http.GetItems<DeadLetterView>($"{PathOf(module)}?limit={PageSize}&after={after}{filter}", ct))
            {
                after = letter.Id;
                found++;
                yield return letter with
                {
                    Module = module,
                };
            }
        }
    }

    private static async Task Print(IAsyncEnumerable<DeadLetterView> letters, bool json, CancellationToken ct)
    {
        if (json)
        {
            await Terminal.Json(letters);
            return;
        }
        // The events are left out, as they may be large.
        var rows = letters.Select(l =>
            new[] { l.Module, $"{l.Id}", l.Status, l.Event.GetProperty("type").GetString(), l.Key, $"{l.Attempts}", l.Reason ?? l.Error }
        );
        Terminal.Table(["Module", "Id", "Status", "Event", "Key", "Attempts", "Error or reason"], await rows.ToListAsync(ct));
    }

    private static int Say(ReleaseView released)
    {
        Terminal.Message($"{released.Applied} {(released.Applied == 1 ? "event" : "events")} took effect.");
        if (released.StoppedBy is not { } letter)
        {
            return ExitCode.Ok;
        }
        Terminal.Message($"Dead letter {letter.Id} of key {letter.Key} failed again: {letter.Error}");
        return ExitCode.Failure;
    }

    private static Argument<string> Module() => new("module") { Description = "The module that could not apply it." };

    private static Argument<long> Id() => new("id") { Description = "Its number." };

    private static string PathOf(string module, long? id = null) =>
        $"/admin/v1/modules/{Uri.EscapeDataString(module)}/dead-letters{(id is null ? "" : $"/{id}")}";
}
