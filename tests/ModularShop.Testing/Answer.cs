using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModularShop.Testing;

/// <summary>An HTTP answer, read to its end. The body is undefined when there is none, or when it is not JSON.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string Text, JsonElement Body)
{
    public string? ETag => Headers.ETag?.ToString();

    public Guid Id => Body.GetProperty("id").GetGuid();

    /// <summary>The fields that a validation problem names.</summary>
    public IEnumerable<string> Fields => Body.GetProperty("errors").EnumerateObject().Select(error => error.Name);

    public static async Task<Answer> Of(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
        return new Answer(response.StatusCode, response.Headers, text, isJson ? JsonElement.Parse(text) : default);
    }
}

/// <summary>Sends requests in short form.</summary>
public static class Requests
{
    public static Task<Answer> Get(this HttpClient http, string path, params (string Name, string Value)[] headers) =>
        http.Call(HttpMethod.Get, path, body: null, headers);

    public static Task<Answer> Post(this HttpClient http, string path, object? body, params (string Name, string Value)[] headers) =>
        http.Call(HttpMethod.Post, path, body, headers);

    public static Task<Answer> Put(this HttpClient http, string path, object? body, params (string Name, string Value)[] headers) =>
        http.Call(HttpMethod.Put, path, body, headers);

    public static Task<Answer> Delete(this HttpClient http, string path, params (string Name, string Value)[] headers) =>
        http.Call(HttpMethod.Delete, path, body: null, headers);

    /// <summary>The events in a module's log, as CloudEvents, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> Events(this HttpClient http, string module) =>
        [.. (await http.Get($"/admin/v1/modules/{module}/events?limit=500")).Body.EnumerateArray()];

    public static async Task<Answer> Call(
        this HttpClient http,
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        using var response = await http.SendAsync(request);
        return await Answer.Of(response);
    }
}
