using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModularShop.Testing;

/// <summary>The HTTP client of all tests. It reads each answer to its end, so that no test disposes of any.</summary>
/// <param name="address">The address of the server, to which paths are relative.</param>
/// <param name="serverLog">What the server logs. An answer with the status 500 contains what was logged during its request.</param>
public sealed class TestClient(Uri address, ServerLog? serverLog = null) : IDisposable
{
    private static readonly TimeSpan LogDeadline = TimeSpan.FromSeconds(2);

    public Uri Address => address;

    /// <summary>For code that takes an <see cref="HttpClient"/>, and for requests that are cancelled or read as a stream.</summary>
    public HttpClient Plain { get; } = new() { BaseAddress = address };

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, body: null, headers);

    public Task<Answer> Post(string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, body, headers);

    public Task<Answer> Put(string path, object? body, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Put, path, body, headers);

    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Delete, path, body: null, headers);

    /// <summary>The JSON at a path, which must be there.</summary>
    public async Task<JsonElement> Json(string path) => (await Get(path)).ExpectSuccess().Body;

    /// <param name="body">A string is sent as JSON text as it is, content as it is, and any other object is serialized.</param>
    /// <param name="headers">They are sent without validation.</param>
    public async Task<Answer> Send(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            string text => new StringContent(text, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"{name} is a header of the content. Pass it in an HttpContent.", nameof(headers));
            }
        }
        return await Send(request);
    }

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        var before = serverLog?.Length ?? 0;
        using var response = await Plain.SendAsync(request);
        var isBug = serverLog is not null && response.StatusCode == HttpStatusCode.InternalServerError;
        return await Answer.Of(response, isBug ? await serverLog!.Since(before, LogDeadline) : "");
    }

    public void Dispose() => Plain.Dispose();
}
