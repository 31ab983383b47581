using System.CommandLine;
using System.Text.RegularExpressions;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Import;

/// <summary>The options of <c>import online-retail</c>.</summary>
internal sealed partial class ImportOptions
{
    private const string DayFirst = "dmy";
    private const string MonthFirst = "mdy";

    private readonly Argument<string> file = new("FILE")
    {
        Description =
            "A CSV file in the form of the UCI data sets Online Retail or Online Retail II, with the header of either, or one in gzip.",
    };

    private readonly Option<string?> rejects = new("--rejects")
    {
        Description = "Write the lines that are skipped to this file, with the reasons.",
        HelpName = "FILE",
    };

    private readonly Option<bool> wait = new("--wait") { Description = "Return when every subscription has caught up." };

    private readonly Option<string> currency = new("--currency")
    {
        Description = "The currency of the prices.",
        HelpName = "CODE",
        DefaultValueFactory = _ => "GBP",
    };

    private readonly Option<string> encoding = new("--encoding")
    {
        Description = $"The encoding of the file: {string.Join(", ", TextEncoding.All.Select(known => known.Name))}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => TextEncoding.Utf8.Name,
    };

    private readonly Option<string?> dates = new("--dates")
    {
        Description =
            $"What comes first in dates such as 05/12/2010: {DayFirst} (the day) or {MonthFirst} (the month). "
            + $"By default a date such as 13/12/2010 in the file shows it; where none does, it is {MonthFirst}.",
        HelpName = $"{DayFirst}|{MonthFirst}",
    };

    private readonly Option<bool> json = ShopCommands.Json();

    public ImportOptions()
    {
        currency.Validators.Add(result =>
        {
            if (!CurrencyCode().IsMatch(result.GetValueOrDefault<string>()))
            {
                result.AddError("--currency is a three-letter code, like GBP.");
            }
        });
        encoding.Validators.Add(result =>
        {
            if (TextEncoding.Find(result.GetValueOrDefault<string>()) is null)
            {
                result.AddError($"--encoding is one of {string.Join(", ", TextEncoding.All.Select(known => known.Name))}.");
            }
        });
        dates.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not (null or DayFirst or MonthFirst))
            {
                result.AddError($"--dates is {DayFirst} or {MonthFirst}.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Add(file);
        foreach (var option in new Option[] { rejects, wait, currency, encoding, dates, json })
        {
            command.Add(option);
        }
    }

    public string File(ParseResult parse) => parse.GetRequiredValue(file);

    public string? Rejects(ParseResult parse) => parse.GetValue(rejects);

    public bool Wait(ParseResult parse) => parse.GetValue(wait);

    public string Currency(ParseResult parse) => parse.GetRequiredValue(currency);

    public bool Json(ParseResult parse) => parse.GetValue(json);

    public RetailFormat Format(ParseResult parse) =>
        new()
        {
            Encoding = TextEncoding.Find(parse.GetRequiredValue(encoding))!,
            Dates = parse.GetValue(dates) switch
            {
                DayFirst => DateOrder.DayFirst,
                MonthFirst => DateOrder.MonthFirst,
                _ => null,
            },
        };

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex CurrencyCode();
}
