using System.CommandLine;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.Import;

/// <summary><c>import online-retail FILE</c>: imports past sales into the shop.</summary>
internal static class ImportCommand
{
    public static Command Create() => new("import", "Import data from elsewhere.") { OnlineRetail() };

    private static Command OnlineRetail()
    {
        var options = new ImportOptions();
        var command = new Command(
            "online-retail",
            "Import orders and returns with their customers and products. Safe to repeat, and to interrupt and run again. "
                + "What the shop holds under the same numbers stays as it is; where the file has it otherwise, that is said (exit code 4)."
        );
        options.AddTo(command);
        var shop = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var path = options.File(parse);
                try
                {
                    var retail = OnlineRetailFile.Open(RealPath.Of(path), options.Format(parse));
                    using var output = options.Rejects(parse) is { } target ? Rejects(target, path, shop.Directory(parse)) : null;
                    var plan = await Check(retail, output, ct);
                    ImportReport.Announce(plan);
                    await using var connection = await ShopConnection.Open(shop.Url(parse), shop.Directory(parse), ct);
                    var result = await Import(connection.Http, retail, plan, options.Currency(parse), ct);
                    if (options.Wait(parse))
                    {
                        await WaitForCatchUp(connection.Http, ct);
                    }
                    return ImportReport.Print(result, options.Json(parse));
                }
                catch (FileRefusedException e)
                {
                    return ImportReport.Print(path, e.Problems);
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
            throw new CommandFailedException($"Everything is imported, but module {idle.Name} is {idle.StateName}: {idle.Reason}");
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
}
