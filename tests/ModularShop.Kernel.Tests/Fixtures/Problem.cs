using System.Net;
using System.Text;
using System.Text.Json;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Sends requests as a client does, and reads the problem details in the answers.</summary>
internal static class Problem
{
    public static async Task<HttpResponseMessage> Send(
        this TestApplication app,
        HttpMethod method,
        string path,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        return await app.Http.SendAsync(request);
    }

    /// <summary>The body of an answer, which must be problem details with this status.</summary>
    public static async Task<JsonElement> Of(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.That(answer.StatusCode, Is.EqualTo(status));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        var problem = await answer.Json();
        Assert.That(problem.Number("status"), Is.EqualTo((long)status));
        return problem;
    }
}
