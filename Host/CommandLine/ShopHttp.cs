using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModularShop.Host.CommandLine;

/// <summary>Sends requests to a shop. An error answer becomes an exception with a message of one line.</summary>
internal static class ShopHttp
{
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static async Task<T> Get<T>(this HttpClient http, string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await Read<T>(answer, ct);
    }

    /// <summary>The items of a list as they arrive. Only one item is in memory at a time.</summary>
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

    /// <param name="idempotencyKey">With a key, the request can be repeated without a second effect.</param>
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

    /// <summary>The lines of an answer as they arrive.</summary>
    /// <exception cref="CommandFailedException">The shop refused.</exception>
    public static Task<StreamReader> GetLines(this HttpClient http, string path, CancellationToken ct) =>
        ReadLines(http, new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), ct);

    /// <summary>The lines of an answer as they arrive. Disconnecting ends the operation in the shop.</summary>
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
        // For a module that does not run, the title names the module and the detail contains the reason.
        var text = problem.Module is null ? problem.Detail : $"{problem.Title} {problem.Detail}";
        var fields = problem.Errors?.SelectMany(field =>
            field.Value.Where(error => error != text).Select(error => $"{field.Key}: {error}")
        );
        return fields?.Any() == true ? $"{text} {string.Join(" ", fields)}" : text;
    }

    // The answer may come from a program that is not a shop. For content that is not JSON in a known encoding, the framework throws
    // these exceptions.
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
            // Reported below.
        }
        throw new CommandFailedException($"{answer.RequestMessage!.RequestUri} does not answer as a shop does.");
    }

    private sealed record Problem(string? Title, string? Detail, string? Module, Dictionary<string, string[]>? Errors);
}

/// <summary>The shop refused a request. The message contains its reason.</summary>
internal sealed class RefusedException(HttpStatusCode status, string message)
    : CommandFailedException(message, status == HttpStatusCode.NotFound ? ExitCode.NotFound : ExitCode.Failure)
{
    public HttpStatusCode Status { get; } = status;
}
