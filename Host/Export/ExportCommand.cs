using System.CommandLine;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Export;

/// <summary><c>export purchase-history</c>: writes what each customer bought.</summary>
internal static class ExportCommand
{
    private const string Csv = "csv";
    private const string Json = "json";

    public static Command Create() => new("export", "Export data of the shop.") { PurchaseHistory() };

    private static Command PurchaseHistory()
    {
        var format = new Option<string>("--format") { Description = "The format to write.", Required = true };
        format.AcceptOnlyFromAmong(Csv, Json);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The file to write, whole or not at all; standard output if there is none.",
            HelpName = "FILE",
        };
        var command = new Command("purchase-history", "Export what every customer bought and returned, by product.") { format, output };
        var options = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var (url, directory) = (options.Url(parse), options.Directory(parse));
                if (url is null)
                {
                    ShopCommands.MustExist(directory, "data directory");
                }
                // Must happen before the modules are hosted here: see KeptFiles.
                using var file = parse.GetValue(output) is { } path ? OutputFile.Create(path, url is null ? directory : null) : null;
                await using var shop = await ShopConnection.Open(url, directory, ct);
                await Run(shop.Http, parse.GetRequiredValue(format), file, ct);
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task Run(HttpClient http, string format, OutputFile? file, CancellationToken ct)
    {
        // Right after a start or an import, the purchase history may still be catching up.
        await CatchUp.Wait(http, "purchase-history", ct);
        var purchases = PurchaseHistoryExport.Read(http, ct);
        if (file is null)
        {
            await using var console = StandardStream.Output();
            await Write(purchases, format, console, ct);
            return;
        }
        await Write(purchases, format, file.Stream, ct);
        file.Complete();
    }

    private static Task Write(IAsyncEnumerable<Purchase> purchases, string format, Stream output, CancellationToken ct) =>
        format == Csv ? PurchaseHistoryExport.WriteCsv(purchases, output, ct) : PurchaseHistoryExport.WriteJson(purchases, output, ct);
}
