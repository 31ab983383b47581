using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace ModularShop.Kernel.Processes;

/// <summary>Sends requests to the bus routes of other processes, with the secret that they share.</summary>
internal sealed class BusClient : IDisposable
{
    private readonly HttpClient direct;
    private readonly HttpClient compressed;
    private readonly BusSecret secret;

    public BusClient(BusSecret secret, BusOptions options)
    {
        this.secret = secret;
        direct = New(options.ConnectTimeout, DecompressionMethods.None);
        compressed = New(options.ConnectTimeout, DecompressionMethods.GZip | DecompressionMethods.Brotli);
    }

    /// <param name="limit">How long the whole answer may take.</param>
    /// <exception cref="ProcessUnreachableException">The process does not answer, or not as a process of this shop.</exception>
    /// <exception cref="RefusedByProcessException">It answered with another status than success.</exception>
    public async Task<BusAnswer> Get(PlacedProcess process, string path, TimeSpan limit, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, process, path);
        return await Send(process, request, limit, ct);
    }

    /// <summary>Sends requests to one process.</summary>
    public AskProcess ConnectTo(PlacedProcess process) => (path, limit, ct) => Get(process, path, limit, ct);

    /// <inheritdoc cref="Get"/>
    public async Task<BusAnswer> Post(PlacedProcess process, string path, HttpContent? body, TimeSpan limit, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Post, process, path);
        // With a body, .NET never sends the request a second time on its own.
        request.Content = body ?? new ByteArrayContent([]);
        return await Send(process, request, limit, ct);
    }

    /// <summary>Writes the answer's body to a stream as it arrives.</summary>
    /// <inheritdoc cref="Get"/>
    public async Task Download(PlacedProcess process, string path, Stream target, TimeSpan limit, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, process, path);
        await Send(
            process,
            request,
            limit,
            async (answer, token) =>
            {
                await answer.Content.CopyToAsync(target, token);
                return true;
            },
            ct
        );
    }

    public void Dispose()
    {
        direct.Dispose();
        compressed.Dispose();
    }

    private static HttpClient New(TimeSpan connectTimeout, DecompressionMethods decompression) =>
        new(
            new SocketsHttpHandler
            {
                ConnectTimeout = connectTimeout,
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = decompression,
                ActivityHeadersPropagator = null,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private HttpRequestMessage Request(HttpMethod method, PlacedProcess process, string path) =>
        new(method, new Uri(process.Address, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", secret.Text) } };

    private Task<BusAnswer> Send(PlacedProcess process, HttpRequestMessage request, TimeSpan limit, CancellationToken ct) =>
        Send(
            process,
            request,
            limit,
            async (answer, token) => new BusAnswer(await answer.Content.ReadAsByteArrayAsync(token), answer.Headers),
            ct
        );

    private async Task<T> Send<T>(
        PlacedProcess process,
        HttpRequestMessage request,
        TimeSpan limit,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            // On one machine, compression would cost more than it saves.
            var http = process.Address.IsLoopback ? direct : compressed;
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            return answer.IsSuccessStatusCode
                ? await read(answer, timeout.Token)
                : throw new RefusedByProcessException(
                    process,
                    answer.StatusCode,
                    DetailIn(await answer.Content.ReadAsByteArrayAsync(timeout.Token))
                );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProcessUnreachableException(process, $"It did not answer within {limit.TotalSeconds:0.#} s.");
        }
        // .NET does not wrap the exception of a connection that is reset at the moment at which it is made.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new ProcessUnreachableException(process, (e.InnerException ?? e).Message);
        }
    }

    private static string? DetailIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<Problem>(body, JsonSerializerOptions.Web)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Problem(string? Detail);
}

/// <summary>A successful answer of another process.</summary>
internal sealed record BusAnswer(ReadOnlyMemory<byte> Body, HttpResponseHeaders Headers)
{
    /// <exception cref="FormatException">It is not JSON of this form.</exception>
    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.Span, JsonSerializerOptions.Web) ?? throw new FormatException("The answer is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The answer is not as expected: {e.Message}", e);
        }
    }
}

/// <summary>A process does not answer, or not as a process of this shop. The message says which one, and why.</summary>
internal sealed class ProcessUnreachableException(PlacedProcess process, string reason)
    : Exception($"Process {process} cannot be asked: {reason.TrimEnd('.')}.");

/// <summary>A process answered with another status than success.</summary>
internal sealed class RefusedByProcessException(PlacedProcess process, HttpStatusCode status, string? detail)
    : Exception($"Process {process} answered {(int)status}: {detail ?? "it gave no reason."}")
{
    public HttpStatusCode Status => status;

    public string? Detail => detail;
}
