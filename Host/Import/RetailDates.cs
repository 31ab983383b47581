using System.Globalization;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.Import;

/// <summary>
/// Reads the dates of a file line by line, as UTC unless they have an offset. A date such as 13/12/2010 shows whether days or months
/// come first in the file, and each later line must agree. Until a line shows it, months are assumed to come first, as in the original
/// spreadsheet.
/// </summary>
/// <param name="evidence">Which comes first, if it is known; null to find it from the dates.</param>
internal sealed class RetailDates(DateEvidence? evidence, TimeProvider clock)
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
    private const string Usual = "yyyy-MM-dd HH:mm:ss";

    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    private static readonly string[] Times = ["", " H:mm", " H:mm:ss", " h:mm tt", " h:mm:ss tt", " h:mmtt", " h:mm:sstt"];

    private static readonly string[] MonthFirst = [.. Times.Select(time => $"M/d/yyyy{time}")];

    private static readonly string[] DayFirst = [.. Times.Select(time => $"d/M/yyyy{time}")];

    private static readonly string[] YearFirst =
    [
        .. Times.Select(time => $"yyyy-M-d{time}"),
        "yyyy-MM-dd H:mm:ss.FFFFFFF",
        "yyyy-MM-dd H:mm:ssK",
        "yyyy-MM-dd H:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    // Sales are in the past. One day of tolerance covers differences between clocks and time zones.
    private readonly DateTimeOffset latest = clock.GetUtcNow().AddDays(1);

    /// <summary>Whether days or months come first; null while no date has shown it.</summary>
    public DateEvidence? Evidence => evidence;

    /// <summary>The first line with a date that can be read in two ways, before any line had shown which is right.</summary>
    public AmbiguousDate? Undecided { get; private set; }

    /// <summary>The number of dates with the year last.</summary>
    public long YearsLast { get; private set; }

    /// <exception cref="MalformedLineException">
    /// The text is not a date, is in the future, or contradicts the order of days and months of earlier lines.
    /// </exception>
    public DateTimeOffset Read(long line, string field)
    {
        var text = SpreadsheetText.Clean(field);
        if (!DateTimeOffset.TryParseExact(text, Usual, CultureInfo.InvariantCulture, Utc, out var date))
        {
            date = IsYearLast(text) ? YearLast(line, text) : YearFirstOf(line, text);
        }
        date = StoredTime.Cut(date);
        return date < Earliest ? throw new MalformedLineException(line, $"InvoiceDate '{text}' is before {Earliest.Year}.")
            : date > latest ? throw new MalformedLineException(line, $"InvoiceDate '{text}' is in the future.")
            : date;
    }

    private static bool IsYearLast(string text) => text.IndexOfAny(['/', '-', '.']) is 1 or 2;

    private static DateTimeOffset YearFirstOf(long line, string text) =>
        TryParse(text.Length > 4 && text[4] == '/' ? text.Replace('/', '-') : text, YearFirst) ?? throw NoDate(line, text);

    private DateTimeOffset YearLast(long line, string text)
    {
        var slashed = text.Replace('-', '/').Replace('.', '/');
        // In dates with dots, days always come first.
        var byMonth = text.Contains('.', StringComparison.Ordinal) ? null : TryParse(slashed, MonthFirst);
        var byDay = TryParse(slashed, DayFirst);
        YearsLast++;
        switch (byMonth, byDay)
        {
            case (null, null):
                throw NoDate(line, text);
            case ({ } month, { } day) when month == day:
                return month;
            case ({ } month, { } day):
                Undecided ??= evidence is null ? new AmbiguousDate(line, text) : null;
                return evidence?.Order is DateOrder.DayFirst ? day : month;
            default:
                Decide(line, text, byDay is null ? DateOrder.MonthFirst : DateOrder.DayFirst);
                return byMonth ?? byDay!.Value;
        }
    }

    private void Decide(long line, string text, DateOrder shown)
    {
        if (evidence is not null)
        {
            if (evidence.Order != shown)
            {
                throw new MalformedLineException(
                    line,
                    $"InvoiceDate '{text}' does not have {Name(evidence.Order)} first, as {evidence.Source}."
                );
            }
            return;
        }
        evidence = new DateEvidence(shown, line);
        var (ambiguous, monthWasFirst) = (Undecided, shown is DateOrder.MonthFirst);
        Undecided = null;
        if (ambiguous is not null && !monthWasFirst)
        {
            throw new MalformedLineException(
                line,
                $"InvoiceDate '{text}' has the day first, and '{ambiguous.Text}' in line {ambiguous.Line} was read with the month first. "
                    + "Say --dates dmy or --dates mdy."
            );
        }
    }

    private static string Name(DateOrder order) => order is DateOrder.DayFirst ? "the day" : "the month";

    private static DateTimeOffset? TryParse(string text, string[] formats) =>
        DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, Utc, out var date) ? date : null;

    private static MalformedLineException NoDate(long line, string text) =>
        new(line, $"InvoiceDate '{SpreadsheetText.Shown(text)}' is not a date like 2010-12-01 08:26:00.");
}

/// <summary>A date that is also valid with day and month exchanged.</summary>
internal sealed record AmbiguousDate(long Line, string Text);

/// <summary>
/// Whether days or months come first in the dates of a file, and which line shows it; the line is null when the user specified it.
/// </summary>
internal sealed record DateEvidence(DateOrder Order, long? Line)
{
    public string Source => Line is null ? "--dates says" : $"line {Line} shows";
}
