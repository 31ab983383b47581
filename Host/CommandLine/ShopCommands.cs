using System.CommandLine;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>The common part of commands that act on a shop: the options <c>--url</c> and <c>--data</c>, and the connection.</summary>
internal static class ShopCommands
{
    /// <param name="act">Runs the command with the parsed arguments and the shop. Returns the exit code.</param>
    /// <param name="createsData">Whether a missing data directory is created. Otherwise the command fails.</param>
    public static Command ActsOnShop(
        this Command command,
        Func<ParseResult, ShopConnection, CancellationToken, Task<int>> act,
        bool createsData = false
    )
    {
        var options = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var (url, directory) = (options.Url(parse), options.Directory(parse));
                if (!createsData && url is null)
                {
                    MustExist(directory, "data directory");
                }
                await using var shop = await ShopConnection.Open(url, directory, ct);
                return await act(parse, shop, ct);
            }
        );
        return command;
    }

    /// <exception cref="CommandFailedException">The directory does not exist.</exception>
    public static void MustExist(string directory, string what)
    {
        if (!Directory.Exists(RealPath.Of(directory)))
        {
            throw new CommandFailedException($"There is no {what} {RealPath.Of(directory)}.", ExitCode.NotFound);
        }
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}

/// <summary>The options <c>--url</c> and <c>--data</c> of a command, which exclude each other.</summary>
internal sealed class ShopOptions
{
    private readonly Option<string?> url = UrlOption();
    private readonly Option<string?> data = new("--data")
    {
        Description = $"The data directory to host the modules on while the command lasts. Default: ./{Shop.DefaultDirectory}.",
        HelpName = "DIR",
    };

    public ShopOptions(Command command)
    {
        command.Options.Add(url);
        command.Options.Add(data);
        command.Validators.Add(result =>
        {
            if (result.GetResult(url) is { Implicit: false } && result.GetResult(data) is { Implicit: false })
            {
                result.AddError("--url acts on a running shop, --data hosts the modules here: give one of them.");
            }
        });
    }

    public string? Url(ParseResult parse) => parse.GetValue(url);

    public string Directory(ParseResult parse) => RealPath.Of(parse.GetValue(data) ?? Shop.DefaultDirectory);

    public static Option<string?> UrlOption()
    {
        var option = new Option<string?>("--url") { Description = "The address of a running shop to act on.", HelpName = "URL" };
        option.Validators.Add(result =>
        {
            if (!PlacedProcess.IsAddress(result.GetValueOrDefault<string?>()))
            {
                result.AddError($"--url takes the address of a shop, without a path, such as {Shop.DefaultUrls}.");
            }
        });
        return option;
    }
}
