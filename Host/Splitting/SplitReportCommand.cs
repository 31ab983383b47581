using System.CommandLine;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Splitting;

/// <summary><c>split-report</c>: what it would bring and cost to give each module a process of its own.</summary>
internal static class SplitReportCommand
{
    private const int UsualSeconds = 10;
    private const int MaxSeconds = 60;

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = $"How long the shop is observed. Default: {UsualSeconds}.",
            HelpName = "N",
            DefaultValueFactory = _ => UsualSeconds,
        };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > MaxSeconds))
            {
                result.AddError($"--seconds takes a whole number from 1 to {MaxSeconds}.");
            }
        });
        var json = ShopCommands.Json();
        return new Command(
            "split-report",
            "Observe the shop, measure what splitting costs on this machine, and report what it would bring and cost to give each module a "
                + "process of its own. Changes nothing."
        )
        {
            seconds,
            json,
        }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                Terminal.Message($"Observing the shop for {parse.GetValue(seconds)} s, then measuring for some seconds.");
                var report = await SplitReport.Make(shop.Http, parse.GetValue(seconds), ct);
                if (parse.GetValue(json))
                {
                    Terminal.Json(report);
                }
                else
                {
                    Print(report);
                }
                return ExitCode.Ok;
            }
        );
    }

    private static void Print(SplitReport report)
    {
        Terminal.Table(ReportedProcess.Columns, report.Processes.Select(process => process.Cells()));
        Console.Out.WriteLine();
        Terminal.Table(ReportedModule.Columns, report.Modules.Select(module => module.Cells()));
        Console.Out.WriteLine();
        Terminal.Table(ReportedBoundary.Columns, report.Boundaries.Select(boundary => boundary.Cells()));
        foreach (var line in report.Advice.Select(advice => advice.Text).Prepend("").Append("").Concat(report.Notes))
        {
            Console.Out.WriteLine(line);
        }
    }
}
