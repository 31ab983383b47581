using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>The feed of a log as it is on the wire, and what its reader does when the connection fails.</summary>
internal sealed class FeedTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string directory = TestApplication.NewDirectory();
    private Func<HttpContext, Func<Task>, Task> connection = (_, next) => next();
    private FeedServer server = null!;
    private LogFile file = null!;

    [SetUp]
    public async Task Start()
    {
        server = await FeedServer.Start((http, next) => connection(http, next));
        file = LogFile.Open(
            directory,
            "ledger",
            new KernelOptions
            {
                Delivery = new DeliveryOptions { TailBytes = 100_000, TailEvents = 10 },
            }
        );
        server.Serve(file.Log);
    }

    [TearDown]
    public async Task Stop()
    {
        await file.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_batch_is_a_list_of_CloudEvents_with_each_payload_byte_for_byte()
    {
        const string payload = """{"a":  1.0,"b":"\u00e4"}""";
        await file.Append(Draft(payload));

        var (answer, body) = await Get(EventsAfter(Beginning));

        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/cloudevents-batch+json"));
            Assert.That(answer.Headers.CacheControl?.NoStore, Is.True, "it contains personal data");
            Assert.That(Encoding.UTF8.GetString(body), Does.Contain($"\"data\":{payload}"));
            Assert.That(JsonDocument.Parse(body).RootElement[0].GetProperty("specversion").GetString(), Is.EqualTo("1.0"));
        });
    }

    [TestCase(null)]
    [TestCase("Bearer wrong")]
    [TestCase("Basic c2VjcmV0")]
    [TestCase("Bearer ")]
    public async Task Nobody_reads_it_without_the_secret(string? authorization)
    {
        await file.Append(Draft());

        foreach (var path in new[] { EventsAfter(Beginning), Feed.HeadOf("ledger"), "/bus/v1/nothing" })
        {
            var (answer, body) = await Get(path, authorization, encoding: "");

            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), path);
            Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
            Assert.That(Encoding.UTF8.GetString(body), Does.Not.Contain(server.Secret.Text).And.Not.Contain("specversion"));
        }
    }

    [Test]
    public async Task A_place_that_the_log_does_not_have_is_a_conflict_with_the_reason()
    {
        var (answer, body) = await Get(EventsAfter(new LogPlace("another", 0, EventId: null)));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(Encoding.UTF8.GetString(body), Does.Contain("another one than the one read so far"));
    }

    [Test]
    public async Task A_module_that_is_not_here_is_to_be_asked_for_again_later()
    {
        server.Withdraw(file.Log);

        var (answer, _) = await Get(EventsAfter(Beginning));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
    }

    [Test]
    public async Task Without_events_the_answer_is_empty_when_the_wait_is_over()
    {
        var (answer, body) = await Get(Feed.EventsOf("ledger", Beginning, max: 10, TimeSpan.FromMilliseconds(20)));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Encoding.UTF8.GetString(body), Is.EqualTo("[]"));
    }

    [Test]
    public async Task An_answer_is_limited_in_size_whatever_is_asked_for()
    {
        await file.Append(Enumerable.Range(0, 40).Select(_ => Draft($"\"{new string('x', 10_000)}\"")));

        var (_, body) = await Get(EventsAfter(Beginning, max: 1_000_000));

        Assert.That(body, Has.Length.InRange(100_000, 120_000));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task It_is_compressed_for_a_reader_that_asks_for_it(string encoding)
    {
        await file.Append(Enumerable.Range(0, 9).Select(_ => Draft($"\"{new string('x', 1000)}\"")));

        var (answer, body) = await Get(EventsAfter(Beginning), encoding: encoding);

        Assert.That(answer.Content.Headers.ContentEncoding, Is.EqualTo([encoding]));
        Assert.That(body, Has.Length.LessThan(3000));
    }

    [Test]
    public async Task A_damaged_event_arrives_as_damaged()
    {
        await file.Append(Draft());
        await file.Writer.Run(
            (transaction, _) => Task.FromResult(transaction.Connection.Execute("UPDATE event_log SET occurred_at = 'never'")),
            CancellationToken.None
        );
        await file.Append(Enumerable.Range(0, 20).Select(_ => Draft())); // The first one is not in memory any more.
        var remote = await server.Open("ledger");

        var read = await remote.ReadAsync(Beginning with { EventId = null }, max: 1, CancellationToken.None);

        Assert.That(read[0].Damage?.IsOf("occurred_at"), Is.True);
    }

    [Test]
    public async Task An_answer_that_is_cut_off_closes_the_log_and_loses_nothing()
    {
        await file.Append(Enumerable.Range(0, 9).Select(_ => Draft($"\"{new string('x', 10_000)}\"")));
        var remote = await server.Open("ledger");
        connection = async (http, next) =>
        {
            http.Response.Body = new CutOffStream(http.Response.Body, http.Abort);
            await next();
        };

        await Assert.ThatAsync(() => Read(remote), Throws.TypeOf<LogClosedException>());
        Assert.That(await remote.Closed, Does.Contain("cannot be asked"));

        connection = (_, next) => next();
        Assert.That(await Read(await server.Open("ledger")), Has.Count.EqualTo(9));
    }

    [Test]
    public async Task An_answer_that_does_not_come_closes_the_log_at_the_deadline()
    {
        var remote = await server.Open(
            "ledger",
            new BusOptions { PollWait = TimeSpan.FromMilliseconds(50), AnswerTimeout = TimeSpan.FromMilliseconds(200) }
        );
        connection = (http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        await Assert.ThatAsync(() => Read(remote), Throws.TypeOf<LogClosedException>());

        Assert.That(await remote.Closed, Does.Contain("did not answer within"));
    }

    [Test]
    public async Task An_answer_of_something_that_is_no_feed_is_an_error_and_not_a_lost_event()
    {
        var remote = await server.Open("ledger");
        connection = (http, _) => http.Response.WriteAsync("<html>It works!</html>");

        await Assert.ThatAsync(() => Read(remote), Throws.TypeOf<FormatException>());
    }

    [Test]
    public async Task An_event_of_another_log_is_an_error()
    {
        await file.Append(Draft() with { Source = "ledger" });
        var remote = await server.Open("ledger");
        connection = async (http, _) =>
        {
            http.Response.Headers["Log-Last-Position"] = "1";
            await http.Response.WriteAsync($"[{CloudEvents.Of(Draft() with { Position = 1, Source = "other" }).GetRawText()}]");
        };

        await Assert.ThatAsync(() => Read(remote), Throws.TypeOf<FormatException>().With.Message.Contains("'other'"));
    }

    private LogPlace Beginning => new(file.Log.Epoch, 0, EventId: null);

    private static string EventsAfter(LogPlace place, int max = 100) => Feed.EventsOf("ledger", place, max, TimeSpan.Zero);

    private Task<IReadOnlyList<Envelope>> Read(RemoteLog remote) =>
        remote.ReadAsync(Beginning, max: 100, CancellationToken.None).AsTask().WaitAsync(Deadline);

    private Task<(HttpResponseMessage Answer, byte[] Body)> Get(string path, string encoding = "") =>
        Get(path, $"Bearer {server.Secret.Text}", encoding);

    private async Task<(HttpResponseMessage Answer, byte[] Body)> Get(string path, string? authorization, string encoding)
    {
        using var http = new TestClient(server.Process.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        if (encoding.Length > 0)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        }
        var answer = await http.Plain.SendAsync(request);
        return (answer, await answer.Content.ReadAsByteArrayAsync());
    }

    private static Envelope Draft(string payload = "{}") => Envelopes.At(0, payload) with { Source = "ledger" };

    private sealed class CutOffStream(Stream inner, Action cut) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer[..(buffer.Length / 2)], cancellationToken);
            await inner.FlushAsync(cancellationToken);
            cut();
        }
    }
}
