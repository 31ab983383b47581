using System.CommandLine;

namespace ModularShop.Host.CommandLine;

/// <summary>What the commands that act on a shop have in common: <c>--url</c> or <c>--data</c>, and the connection made of it.</summary>
internal static class ShopCommands
{
    /// <param name="act">Gets what was typed, the shop, and returns the exit code.</param>
    /// <param name="createsData">Whether a data directory that does not exist is created; else there is nothing to act on.</param>
    public static Command ActsOnShop(
        this Command command,
        Func<ParseResult, ShopConnection, CancellationToken, Task<int>> act,
        bool createsData = false
    )
    {
        var url = Url();
        var data = Data();
        command.Options.Add(url);
        command.Options.Add(data);
        command.Validators.Add(result =>
        {
            if (result.GetResult(url) is { Implicit: false } && result.GetResult(data) is { Implicit: false })
            {
                result.AddError("--url acts on a running shop, --data hosts the modules here: give one of them.");
            }
        });
        command.SetAction(
            async (parse, ct) =>
            {
                var directory = parse.GetValue(data) ?? Shop.DefaultDirectory;
                if (!createsData && parse.GetValue(url) is null && !Directory.Exists(directory))
                {
                    throw new CommandFailedException($"There is no data directory {Path.GetFullPath(directory)}.", ExitCode.NotFound);
                }
                await using var shop = await ShopConnection.Open(parse.GetValue(url), directory, ct);
                return await act(parse, shop, ct);
            }
        );
        return command;
    }

    public static Option<string?> Url()
    {
        var option = new Option<string?>("--url") { Description = "The address of a running shop to act on.", HelpName = "URL" };
        option.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string?>(), UriKind.Absolute, out var uri) || !uri.Scheme.StartsWith("http"))
            {
                result.AddError("--url is an address such as http://localhost:5080.");
            }
        });
        return option;
    }

    public static Option<string?> Data() =>
        new("--data")
        {
            Description = $"The data directory; the modules are hosted here while the command lasts. Default: ./{Shop.DefaultDirectory}.",
            HelpName = "DIR",
        };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
