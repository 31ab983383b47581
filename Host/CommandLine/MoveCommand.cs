using System.CommandLine;
using System.Text.Json;

namespace ModularShop.Host.CommandLine;

/// <summary><c>move</c>: moves a module of a running shop to another of its processes.</summary>
internal static class MoveCommand
{
    public static Command Create()
    {
        var module = new Argument<string>("module") { Description = "The module." };
        var to = new Option<string>("--to")
        {
            Description = "The process to move it to, by its name in the topology.",
            HelpName = "NAME",
            Required = true,
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Check whether it can be moved and say what would be done; change nothing.",
        };
        var url = ShopOptions.UrlOption();
        url.Required = true;
        url.Description = "The address of any process of the shop.";
        var command = new Command(
            "move",
            "Move a module to another process while the shop runs. Its requests wait for a moment; none fails."
        )
        {
            module,
            to,
            dryRun,
            url,
        };
        command.SetAction(
            async (parse, ct) =>
            {
                await using var shop = await ShopConnection.Open(parse.GetValue(url), data: null, ct);
                var path = $"/admin/v1/modules/{Uri.EscapeDataString(parse.GetRequiredValue(module))}/move";
                var body = new { To = parse.GetRequiredValue(to), DryRun = parse.GetValue(dryRun) };
                using var lines = await shop.Http.PostForLines(path, body, ct);
                return await Follow(lines, ct);
            }
        );
        return command;
    }

    private static async Task<int> Follow(StreamReader lines, CancellationToken ct)
    {
        while (await lines.ReadLineAsync(ct) is { } text)
        {
            var line = JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web)!;
            if (line.Error is { } error)
            {
                throw new CommandFailedException(error);
            }
            if (line.PauseMilliseconds is not null)
            {
                return ExitCode.Ok;
            }
            Terminal.Message(line.Text!);
        }
        throw new CommandFailedException(
            "The process ended during the move. It finishes or undoes the move when it starts again: see modularshop modules list --url URL."
        );
    }

    private sealed record Line(string? Text, double? PauseMilliseconds, string? Error);
}
