using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModularShop.Host.CommandLine;

/// <summary>Requests to a shop. A refusal becomes one line of what the shop said about it.</summary>
internal static class ShopHttp
{
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static async Task<T> Get<T>(this HttpClient http, string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await Read<T>(answer, ct);
    }

    /// <summary>The items of a list as they come, so that none but the one in hand is in memory.</summary>
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static async IAsyncEnumerable<T> GetItems<T>(this HttpClient http, string path, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await ThrowIfRefused(answer, ct);
        await using var items = answer.Content.ReadFromJsonAsAsyncEnumerable<T>(ct).GetAsyncEnumerator(ct);
        while (await Next(items, answer))
        {
            yield return items.Current!;
        }
    }

    /// <param name="idempotencyKey">With it the request can be repeated and does nothing twice.</param>
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static async Task<T> Post<T>(
        this HttpClient http,
        string path,
        object? body,
        CancellationToken ct,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }
        using var answer = await http.SendAsync(request, ct);
        return await Read<T>(answer, ct);
    }

    /// <summary>The lines of an answer as they come.</summary>
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static Task<StreamReader> GetLines(this HttpClient http, string path, CancellationToken ct) =>
        ReadLines(http, new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), ct);

    /// <summary>The lines of an answer as they come. Hanging up ends what the shop does.</summary>
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static Task<StreamReader> PostForLines(this HttpClient http, string path, object body, CancellationToken ct) =>
        ReadLines(
            http,
            new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) },
            ct
        );

    private static async Task<StreamReader> ReadLines(HttpClient http, HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await ThrowIfRefused(answer, ct);
            return new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        }
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer, CancellationToken ct)
    {
        await ThrowIfRefused(answer, ct);
        return await FromJson<T>(answer, ct);
    }

    private static async Task<bool> Next<T>(IAsyncEnumerator<T> items, HttpResponseMessage answer)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (JsonException)
        {
            throw new CommandFailedException($"{answer.RequestMessage!.RequestUri} does not answer as a shop does.");
        }
    }

    private static async Task ThrowIfRefused(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }
        var message = await Describe(answer, ct) ?? $"{answer.RequestMessage!.RequestUri} was answered with {(int)answer.StatusCode}.";
        throw new RefusedException(answer.StatusCode, message);
    }

    private static async Task<string?> Describe(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.Content.Headers.ContentType is not { MediaType: "application/problem+json" })
        {
            return null;
        }
        var problem = await FromJson<Problem>(answer, ct);
        // A module that is not running is named in the title, and why in the detail.
        var text = problem.Module is null ? problem.Detail : $"{problem.Title} {problem.Detail}";
        var fields = problem.Errors?.SelectMany(field =>
            field.Value.Where(error => error != text).Select(error => $"{field.Key}: {error}")
        );
        return fields?.Any() == true ? $"{text} {string.Join(" ", fields)}" : text;
    }

    // What answers may be another program; the framework's reader fails in these ways on what is not JSON in a known encoding.
    private static async Task<T> FromJson<T>(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            if (await answer.Content.ReadFromJsonAsync<T>(ct) is { } read)
            {
                return read;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            // Said below.
        }
        throw new CommandFailedException($"{answer.RequestMessage!.RequestUri} does not answer as a shop does.");
    }

    private sealed record Problem(string? Title, string? Detail, string? Module, Dictionary<string, string[]>? Errors);
}

/// <summary>The shop refused a request, and said why.</summary>
internal sealed class RefusedException(HttpStatusCode status, string message)
    : CommandFailedException(message, status == HttpStatusCode.NotFound ? ExitCode.NotFound : ExitCode.Failure)
{
    public HttpStatusCode Status { get; } = status;
}
