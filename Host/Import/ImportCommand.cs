using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Host.Import;

/// <summary><c>import online-retail FILE</c>: puts sales of the past into the shop.</summary>
internal static partial class ImportCommand
{
    public static Command Create() => new("import", "Import data from elsewhere.") { OnlineRetail() };

    private static Command OnlineRetail()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A CSV file in the form of the UCI data set Online Retail, or one in gzip.",
        };
        var rejects = new Option<string?>("--rejects")
        {
            Description = "Write the lines that are skipped to this file, with the reasons.",
            HelpName = "FILE",
        };
        var wait = new Option<bool>("--wait") { Description = "Return when every subscription has caught up." };
        var currency = new Option<string>("--currency")
        {
            Description = "The currency of the prices.",
            HelpName = "CODE",
            DefaultValueFactory = _ => "GBP",
        };
        currency.Validators.Add(result =>
        {
            if (!CurrencyCode().IsMatch(result.GetValueOrDefault<string>()))
            {
                result.AddError("--currency is a three-letter code, like GBP.");
            }
        });
        var json = ShopCommands.Json();
        var command = new Command(
            "online-retail",
            "Import orders and returns with their customers and products. Safe to repeat, and to interrupt and run again."
        )
        {
            file,
            rejects,
            wait,
            currency,
            json,
        };
        var shop = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var path = parse.GetRequiredValue(file);
                try
                {
                    var retail = OnlineRetailFile.Open(RealPath.Of(path));
                    using var output = parse.GetValue(rejects) is { } target ? Rejects(target, path, shop.Directory(parse)) : null;
                    var plan = await Check(retail, output, ct);
                    await using var connection = await ShopConnection.Open(shop.Url(parse), shop.Directory(parse), ct);
                    var result = await Import(connection.Http, retail, plan, parse.GetRequiredValue(currency), ct);
                    if (parse.GetValue(wait))
                    {
                        await WaitForCatchUp(connection.Http, ct);
                    }
                    return Print(result, parse.GetValue(json));
                }
                catch (FileRefusedException e)
                {
                    return Print(path, e.Problems);
                }
            }
        );
        return command;
    }

    private static OutputFile Rejects(string path, string file, string data) =>
        RealPath.AreSame(RealPath.Of(path), RealPath.Of(file))
            ? throw new CommandFailedException("--rejects would overwrite the file to import.", ExitCode.Usage)
            : OutputFile.Create(path, data);

    private static async Task<ImportPlan> Check(OnlineRetailFile file, OutputFile? output, CancellationToken ct)
    {
        ImportPlan plan;
        using (var writer = output is null ? null : new RejectsWriter(output.Stream))
        {
            plan = await ImportProgress.Show(
                "Checking",
                lines: null,
                report => Task.Run(() => FileCheck.Run(file, writer, report, ct), ct)
            );
        }
        output?.Complete();
        return plan;
    }

    private static async Task<ImportResult> Import(
        HttpClient http,
        OnlineRetailFile file,
        ImportPlan plan,
        string currency,
        CancellationToken ct
    )
    {
        var import = new OnlineRetailImport(new ShopImports(http, TimeProvider.System), file, plan, currency);
        try
        {
            return await ImportProgress.Show("Importing", plan.LastLine, report => import.Run(report, ct));
        }
        catch
        {
            Terminal.Message("The import is not finished. What is in the shop stays; run the same command again for the rest.");
            throw;
        }
    }

    // A module that does not run has no subscriptions to wait for.
    private static async Task WaitForCatchUp(HttpClient http, CancellationToken ct)
    {
        var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
        if (modules.FirstOrDefault(module => !module.IsRunning) is { } idle)
        {
            throw new CommandFailedException($"Everything is imported, but module {idle.Name} is {idle.State}: {idle.Reason}");
        }
        foreach (var subscription in await CatchUp.Wait(http, subscriber: null, ct))
        {
            if (subscription.DeadLetters > 0)
            {
                Terminal.Message(
                    $"{subscription.Subscriber} has {subscription.DeadLetters} dead letters of {subscription.Source} and "
                        + $"{subscription.Parked} events parked behind them: see 'modularshop dead-letters list'."
                );
            }
        }
    }

    private static int Print(string path, IReadOnlyList<FileProblem> problems)
    {
        foreach (var problem in problems)
        {
            Terminal.Message($"{path}: {problem}");
        }
        return ExitCode.Failure;
    }

    private static int Print(ImportResult result, bool json)
    {
        if (json)
        {
            Terminal.Json(new Dictionary<string, decimal>(result.Figures()));
        }
        else
        {
            Console.Out.WriteLine("what,value");
            foreach (var (what, value) in result.Figures())
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what},{value:0.####}"));
            }
        }
        foreach (var difference in result.Differences)
        {
            Terminal.Message(difference);
        }
        return result.Differences.Count == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex CurrencyCode();
}
