using System.CommandLine;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary><c>compare sync-async</c>: measures a module that keeps a copy beside one that asks other modules each time.</summary>
internal static class CompareCommand
{
    private const int MaxSeconds = 600;
    private const int MaxRate = 1000;

    public static Command Create() => new("compare", "Measure the design of the shop beside another one.") { SyncAsync() };

    private static Command SyncAsync()
    {
        var seconds = Whole("--seconds", 8, MaxSeconds, "How long each module is measured in each situation.");
        var rate = Whole("--rate", 40, MaxRate, "How many questions a second are asked.");
        var json = ShopCommands.Json();
        var command = new Command(
            "sync-async",
            "Measure purchase-history, which keeps a copy, and purchase-history-sync, which asks other modules each time: with all modules "
                + "up, with one down, slow, or failing now and then. Starts a shop of its own, and ends it."
        )
        {
            seconds,
            rate,
            json,
        };
        command.SetAction(
            async (parse, ct) =>
            {
                var rows = await Comparison.Run(parse.GetValue(rate), TimeSpan.FromSeconds(parse.GetValue(seconds)), ct);
                if (parse.GetValue(json))
                {
                    Terminal.Json(rows);
                }
                else
                {
                    Terminal.Table(ComparedRow.Columns, rows.Select(row => row.Cells));
                }
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static Option<int> Whole(string name, int usual, int most, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} Default: {usual}.",
            HelpName = "N",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < 1 || value > most))
            {
                result.AddError($"{name} takes a whole number from 1 to {most}.");
            }
        });
        return option;
    }
}
