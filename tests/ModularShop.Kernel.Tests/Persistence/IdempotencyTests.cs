using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class IdempotencyTests
{
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task The_same_key_and_body_get_the_first_answer_and_the_work_is_done_once()
    {
        await using var app = await TestApplication.Start(ledger);

        using var first = await Post(app, "key 1", new { subject = "tea" });
        using var second = await Post(app, "key 1", new { subject = "tea" });

        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await second.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()));
        Assert.That(await app.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_first_answer_is_kept_across_a_restart()
    {
        var directory = TestApplication.NewDirectory();
        string first;
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            using var answer = await Post(app, "key 1", new { subject = "tea" });
            first = await answer.Content.ReadAsStringAsync();
        }
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            using var answer = await Post(app, "key 1", new { subject = "tea" });

            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo(first));
            Assert.That(await app.Events("ledger"), Has.Count.EqualTo(1));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Requests_sent_at_the_same_time_under_one_key_do_the_work_once()
    {
        await using var app = await TestApplication.Start(ledger);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Post(app, "key 1", new { subject = "tea" })));
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));

        Assert.That(answers.Select(answer => answer.StatusCode), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That(bodies.Distinct().Count(), Is.EqualTo(1));
        Assert.That(await app.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);
        await Post(app, "key 1", new { subject = "tea" });

        using var answer = await Post(app, "key 1", new { subject = "milk" });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await answer.Json()).Text("detail"), Does.Contain("Idempotency-Key"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
    }

    [Test]
    public async Task A_request_that_failed_is_not_remembered()
    {
        await using var app = await TestApplication.Start(ledger);

        using var failed = await Post(app, "key 1", new { subject = "tea", failAtTheEnd = true });
        using var repeated = await Post(app, "key 1", new { subject = "tea" });

        Assert.That(failed.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(repeated.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task An_answer_that_holds_who_was_erased_is_given_no_more_and_the_work_is_not_done_again()
    {
        await using var app = await TestApplication.Start(ledger);
        using var first = await Post(app, "key 1", new { subject = "tea" });
        var id = (await first.Json()).GetProperty("id").GetGuid();
        using var other = await Post(app, "key 2", new { subject = "milk" });

        await ledger.Send(
            new Do.Command(
                (services, _) =>
                {
                    services.GetRequiredService<IErasure>().Forget(id);
                    return Task.CompletedTask;
                }
            )
        );
        using var repeated = await Post(app, "key 1", new { subject = "tea" });
        using var otherRepeated = await Post(app, "key 2", new { subject = "milk" });

        Assert.That(repeated.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        var text = await repeated.Content.ReadAsStringAsync();
        Assert.That(text, Does.Contain("done before").And.Not.Contain($"{id}").And.Not.Contain("tea"));
        Assert.That(await otherRepeated.Content.ReadAsStringAsync(), Is.EqualTo(await other.Content.ReadAsStringAsync()));
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk", "tea"]));
    }

    [TestCase("password", Description = "[property: Secret]")]
    [TestCase("pin", Description = "[Secret] on the parameter of a record")]
    public async Task A_secret_leaves_no_trace_in_what_is_kept(string secret)
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            using var first = await Post(app, "key 1", new Dictionary<string, string> { ["subject"] = "tea", [secret] = "1234" });
            using var second = await Post(app, "key 1", new Dictionary<string, string> { ["subject"] = "tea", [secret] = "5678" });
            using var third = await Post(app, "key 2", new Dictionary<string, string> { ["subject"] = "milk", [secret] = "1234" });

            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the fingerprint does not tell secrets apart");
        }
        Assert.That(ModuleFile.Scalar(directory, "ledger", "SELECT count(*) FROM idempotency_keys"), Is.EqualTo(2));
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_key_that_is_too_long_is_refused_by_name()
    {
        await using var app = await TestApplication.Start(ledger);

        using var answer = await Post(app, new string('k', 201), new { subject = "tea" });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await answer.Json()).GetProperty("errors").TryGetProperty("Idempotency-Key", out _), Is.True);
    }

    private static async Task<HttpResponseMessage> Post(TestApplication app, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ledger/v1/entries") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await app.Http.SendAsync(request);
    }
}
