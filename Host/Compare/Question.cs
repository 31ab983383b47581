using System.Diagnostics;
using System.Text.Json;

namespace ModularShop.Host.Compare;

/// <summary>How a question was answered.</summary>
internal enum Outcome
{
    /// <summary>With everything that the module knows.</summary>
    Full,

    /// <summary>With less, and the answer says what is missing.</summary>
    Partial,

    /// <summary>Not at all.</summary>
    Failed,
}

/// <summary>An answered question.</summary>
/// <param name="LatestPurchase">The time of the latest purchase in the answer; null when it has none.</param>
internal sealed record Answered(Outcome Outcome, TimeSpan Time, DateTimeOffset? LatestPurchase);

/// <summary>"What has this customer bought?", asked of either module.</summary>
internal static class Question
{
    private static readonly Answer Nothing = new([], null);

    public static async Task<Answered> Ask(HttpClient http, string module, Guid customerId, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var (outcome, answer) = await Get(http, new Uri($"/{module}/v1/customers/{customerId}/products", UriKind.Relative), ct);
        return new Answered(outcome, Stopwatch.GetElapsedTime(started), answer.Items is [var latest, ..] ? latest.LastBought : null);
    }

    private static async Task<(Outcome, Answer)> Get(HttpClient http, Uri path, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(path, ct);
            if (!response.IsSuccessStatusCode)
            {
                return (Outcome.Failed, Nothing);
            }
            var answer = await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web, ct) ?? Nothing;
            return (answer.Missing is { Count: > 0 } ? Outcome.Partial : Outcome.Full, answer);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return (Outcome.Failed, Nothing);
        }
    }

    private sealed record Answer(IReadOnlyList<Item> Items, IReadOnlyList<object>? Missing);

    private sealed record Item(DateTimeOffset? LastBought);
}
