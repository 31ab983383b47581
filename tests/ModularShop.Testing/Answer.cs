using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NUnit.Framework;

namespace ModularShop.Testing;

/// <summary>An HTTP answer, read to its end.</summary>
public sealed class Answer
{
    private readonly string request;
    private readonly string serverLog;
    private readonly JsonElement body;
    private bool isExpected;

    private Answer(string request, HttpResponseMessage response, string text, JsonElement body, string serverLog)
    {
        this.request = request;
        this.serverLog = serverLog;
        Status = response.StatusCode;
        Headers = response.Headers;
        ContentType = response.Content.Headers.ContentType?.MediaType;
        Text = text;
        this.body = body;
    }

    public HttpStatusCode Status { get; }

    public HttpResponseHeaders Headers { get; }

    public string? ContentType { get; }

    public string Text { get; }

    /// <summary>
    /// The body as JSON; undefined when there is none, or when it is not JSON. It cannot be read of a 500 that was not expected.
    /// </summary>
    public JsonElement Body
    {
        get
        {
            Assert.That(isExpected || Status != HttpStatusCode.InternalServerError, ToString);
            return body;
        }
    }

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public string? ETag => Headers.ETag?.ToString();

    public Guid Id => ExpectSuccess().Body.GetProperty("id").GetGuid();

    /// <summary>The fields that a validation problem names.</summary>
    public IEnumerable<string> Fields => Body.GetProperty("errors").EnumerateObject().Select(error => error.Name);

    /// <param name="serverLog">What the server logged during the request; empty when it is of no interest.</param>
    public static async Task<Answer> Of(HttpResponseMessage response, string serverLog = "")
    {
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        var isJson = text.Length > 0 && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));
        var request = response.RequestMessage is { } sent ? $"{sent.Method} {sent.RequestUri?.PathAndQuery}" : "A request";
        return new Answer(request, response, text, isJson ? JsonElement.Parse(text) : default, serverLog);
    }

    /// <summary>Asserts the status. The failure shows the body and, for a 500, the exception that the server logged.</summary>
    public Answer Expect(HttpStatusCode status)
    {
        Assert.That(Status, Is.EqualTo(status), ToString);
        isExpected = true;
        return this;
    }

    /// <summary>Asserts that the status is one of 200 to 299. The failure shows what <see cref="Expect"/> shows.</summary>
    public Answer ExpectSuccess()
    {
        Assert.That(IsSuccess, Is.True, ToString);
        return this;
    }

    /// <summary>Asserts that the answer is problem details with a status; returns them.</summary>
    public JsonElement ExpectProblem(HttpStatusCode status)
    {
        Expect(status);
        Assert.That(ContentType, Is.EqualTo("application/problem+json"), ToString);
        Assert.That(Body.Number("status"), Is.EqualTo((long)status), ToString);
        return Body;
    }

    /// <summary>Asserts that the answer is problem details that name a field.</summary>
    public void ExpectProblem(HttpStatusCode status, string field)
    {
        ExpectProblem(status);
        Assert.That(Fields, Does.Contain(field), ToString);
    }

    public override string ToString()
    {
        var answer = $"{request} was answered with {(int)Status} {Status}.\n{Text}";
        return serverLog.Length == 0 ? answer : $"{answer}\nThe server logged:\n{serverLog}";
    }
}
