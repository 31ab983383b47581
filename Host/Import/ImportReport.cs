using System.Globalization;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Import;

/// <summary>Prints the result of an import: its figures on standard output, everything else on standard error.</summary>
internal static class ImportReport
{
    /// <summary>Reports assumptions about the file before anything is imported.</summary>
    public static void Announce(ImportPlan plan)
    {
        if (plan.Undecided is { } date)
        {
            Terminal.Message(
                $"Dates such as '{date.Text}' (line {date.Line}) are read with the month first, and no line of the file shows whether that is "
                    + "right. If the day comes first, say --dates dmy; --dates mdy silences this."
            );
        }
    }

    /// <summary>Prints why the file is refused.</summary>
    public static int Print(string path, IReadOnlyList<FileProblem> problems)
    {
        foreach (var problem in problems)
        {
            Terminal.Message($"{path}: {problem}");
        }
        return ExitCode.Failure;
    }

    public static int Print(ImportResult result, bool json)
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
        PrintKept(result);
        var isListed = PrintOtherProducts(result);
        var isSame = PrintDifferences(result);
        var sells = PrintSkipped(result);
        return isSame && isListed && sells ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static void PrintKept(ImportResult result)
    {
        if (result.KeptProducts > 0)
        {
            Terminal.Message(
                $"Products that the file lists otherwise, but that a person has named, priced or discontinued, stay as they are: {result.KeptProducts}."
            );
        }
        if (result.KeptCustomers > 0)
        {
            Terminal.Message($"Customers that the file has in another country keep the one that is known: {result.KeptCustomers}.");
        }
    }

    private static bool PrintOtherProducts(ImportResult result)
    {
        if (result.DifferingProducts > 0)
        {
            var more = result.DifferingProducts - result.OtherProducts.Count;
            Terminal.Message(
                $"Products that the shop holds with another name or price of the same time stay as they are: {result.DifferingProducts} "
                    + $"({string.Join(", ", result.OtherProducts)}{(more > 0 ? $", and {more} more" : "")})."
            );
        }
        return result.DifferingProducts == 0;
    }

    private static bool PrintDifferences(ImportResult result)
    {
        var count = result.DifferingOrders + result.DifferingReturns;
        foreach (var difference in result.Differences)
        {
            Terminal.Message($"Invoice {difference.Number} differs from what the shop holds: {string.Join("; ", difference.Reasons)}.");
        }
        if (count > result.Differences.Count)
        {
            Terminal.Message($"So do {count - result.Differences.Count} more invoices.");
        }
        if (count > 0)
        {
            Terminal.Message($"Invoices that differ: {count}. The shop keeps what it holds; all others are imported.");
        }
        return count == 0;
    }

    private static bool PrintSkipped(ImportResult result)
    {
        if (result.Rows == 0)
        {
            Terminal.Message("The file has a header and no lines: there was nothing to import.");
        }
        if (result.SellsNothing)
        {
            var reasons = result.Skipped.Select(reason => $"{reason.Key.Name()} {reason.Value}");
            Terminal.Message(
                $"Nothing was imported: each line of the file is skipped ({string.Join(", ", reasons)}). Is it a file of sales? "
                    + "--rejects writes the lines with their reasons."
            );
        }
        return !result.SellsNothing;
    }
}
