using System.CommandLine;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Export;

/// <summary><c>export purchase-history</c>: writes what every customer bought.</summary>
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
        return command.ActsOnShop((parse, shop, ct) => Run(shop.Http, parse.GetRequiredValue(format), parse.GetValue(output), ct));
    }

    private static async Task<int> Run(HttpClient http, string format, string? path, CancellationToken ct)
    {
        // Right after a start, or an import, the history may still be on its way here.
        await CatchUp.Wait(http, "purchase-history", ct);
        var purchases = PurchaseHistoryExport.Read(http, ct);
        if (path is null)
        {
            await using var console = StandardStream.Output();
            await Write(purchases, format, console, ct);
            return ExitCode.Ok;
        }
        using var file = OutputFile.Create(path);
        await Write(purchases, format, file.Stream, ct);
        file.Complete();
        return ExitCode.Ok;
    }

    private static Task Write(IAsyncEnumerable<Purchase> purchases, string format, Stream output, CancellationToken ct) =>
        format == Csv ? PurchaseHistoryExport.WriteCsv(purchases, output, ct) : PurchaseHistoryExport.WriteJson(purchases, output, ct);
}
