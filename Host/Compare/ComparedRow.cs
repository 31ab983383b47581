using System.Globalization;

namespace ModularShop.Host.Compare;

/// <summary>The result of one module in one situation.</summary>
/// <param name="P50Milliseconds">The time until the answer, of all questions, failed ones included.</param>
/// <param name="RequestsPerQuestion">
/// Requests between modules in that time, for each question. For the module with the copy, these are the requests of the feed.
/// </param>
/// <param name="AgeP50Milliseconds">How long an acknowledged order is missing from answers; null when no order could be placed.</param>
/// <param name="CopiedBytes">How much the module's file has grown since it was empty.</param>
internal sealed record ComparedRow(
    string Situation,
    string Module,
    int Questions,
    int Full,
    int Partial,
    int Failed,
    double P50Milliseconds,
    double P99Milliseconds,
    double RequestsPerQuestion,
    double? AgeP50Milliseconds,
    double? AgeP99Milliseconds,
    long CopiedBytes
)
{
    public static IReadOnlyList<string> Columns { get; } =
    [
        "Situation",
        "Module",
        "Full %",
        "Partial %",
        "Failed %",
        "p50 ms",
        "p99 ms",
        "Requests a question",
        "Age p50 ms",
        "Age p99 ms",
        "Copied KB",
    ];

    public IReadOnlyList<string?> Cells =>
        [
            Situation,
            Module,
            Share(Full),
            Share(Partial),
            Share(Failed),
            Number(P50Milliseconds),
            Number(P99Milliseconds),
            Number(RequestsPerQuestion),
            AgeP50Milliseconds is { } age ? Number(age) : "-",
            AgeP99Milliseconds is { } worst ? Number(worst) : "-",
            Number(CopiedBytes / 1024.0),
        ];

    public static ComparedRow Of(string situation, string module, LoadResult result, long requests, long copiedBytes)
    {
        var times = result.Questions.Select(question => question.Time).ToList();
        int Count(Outcome outcome) => result.Questions.Count(question => question.Outcome == outcome);
        return new ComparedRow(
            situation,
            module,
            result.Questions.Count,
            Count(Outcome.Full),
            Count(Outcome.Partial),
            Count(Outcome.Failed),
            Percentile(times, 0.5)!.Value,
            Percentile(times, 0.99)!.Value,
            Math.Round((double)requests / (result.Questions.Count + result.Probes), 3),
            Percentile(result.Ages, 0.5),
            Percentile(result.Ages, 0.99),
            copiedBytes
        );
    }

    private static double? Percentile(IReadOnlyList<TimeSpan> times, double share) =>
        times.Count == 0 ? null : Math.Round(times.Order().ElementAt((int)(share * (times.Count - 1))).TotalMilliseconds, 3);

    private string Share(int count) => Number(100.0 * count / Questions);

    private static string Number(double value) => value.ToString(value < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
