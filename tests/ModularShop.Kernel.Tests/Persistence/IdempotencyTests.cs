using System.Net;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class IdempotencyTests
{
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task The_same_key_and_body_get_the_first_answer_and_the_work_is_done_once()
    {
        await using var app = await TestApplication.Start(ledger);

        var first = await Post(app, "key 1", new { subject = "tea" });
        var second = await Post(app, "key 1", new { subject = "tea" });

        second.Expect(HttpStatusCode.OK);
        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_first_answer_is_kept_across_a_restart()
    {
        var directory = TestApplication.NewDirectory();
        string first;
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            var answer = await Post(app, "key 1", new { subject = "tea" });
            first = answer.Text;
        }
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            var answer = await Post(app, "key 1", new { subject = "tea" });

            Assert.That(answer.Text, Is.EqualTo(first));
            Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Requests_sent_at_the_same_time_under_one_key_do_the_work_once()
    {
        await using var app = await TestApplication.Start(ledger);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Post(app, "key 1", new { subject = "tea" })));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That(answers.Select(answer => answer.Text).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);
        await Post(app, "key 1", new { subject = "tea" });

        var answer = await Post(app, "key 1", new { subject = "milk" });

        answer.Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(answer.Body.Text("detail"), Does.Contain("Idempotency-Key"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
    }

    [Test]
    public async Task A_request_that_failed_is_not_remembered()
    {
        await using var app = await TestApplication.Start(ledger);

        var failed = await Post(app, "key 1", new { subject = "tea", failAtTheEnd = true });
        var repeated = await Post(app, "key 1", new { subject = "tea" });

        failed.Expect(HttpStatusCode.UnprocessableEntity);
        repeated.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_answer_that_holds_who_was_erased_is_given_no_more_and_the_work_is_not_done_again()
    {
        await using var app = await TestApplication.Start(ledger);
        var first = await Post(app, "key 1", new { subject = "tea" });
        var id = first.Body.GetProperty("id").GetGuid();
        var other = await Post(app, "key 2", new { subject = "milk" });

        await ledger.Send(
            new Do.Command(
                (services, _) =>
                {
                    services.GetRequiredService<IErasure>().Forget(id);
                    return Task.CompletedTask;
                }
            )
        );
        var repeated = await Post(app, "key 1", new { subject = "tea" });
        var otherRepeated = await Post(app, "key 2", new { subject = "milk" });

        repeated.Expect(HttpStatusCode.Conflict);
        var text = repeated.Text;
        Assert.That(text, Does.Contain("done before").And.Not.Contain($"{id}").And.Not.Contain("tea"));
        Assert.That(otherRepeated.Text, Is.EqualTo(other.Text));
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk", "tea"]));
    }

    [TestCase("password", Description = "[property: Secret]")]
    [TestCase("pin", Description = "[Secret] on the parameter of a record")]
    public async Task A_key_is_refused_with_another_secret_and_answered_with_the_same_one_across_a_restart(string secret)
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            var first = await Post(app, "key 1", WithSecret("1234"));
            first.Expect(HttpStatusCode.OK);
        }
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            var same = await Post(app, "key 1", WithSecret("1234"));
            var another = await Post(app, "key 1", WithSecret("5678"));
            var none = await Post(app, "key 1", new { subject = "tea" });

            same.Expect(HttpStatusCode.OK);
            another.Expect(HttpStatusCode.UnprocessableEntity);
            none.Expect(HttpStatusCode.UnprocessableEntity);
            Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
        }
        Directory.Delete(directory, recursive: true);

        Dictionary<string, string> WithSecret(string value) => new() { ["subject"] = "tea", [secret] = value };
    }

    [Test]
    public async Task The_stored_hash_of_a_secret_needs_a_key_that_only_its_owner_can_read()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            await Post(app, "key 1", new { subject = "tea", password = "correct horse" });
            await Post(app, "key 2", new { subject = "milk", password = "correct horse" });
            await Post(app, "key 3", new { subject = "sugar" });
        }
        var key = Path.Combine(directory, HashKey.FileName);
        var kept = ModuleFile.Scalar(directory, "ledger", "SELECT group_concat(coalesce(secrets, 'none'), ' ') FROM idempotency_keys");

        var hashes = ((string)kept!).Split(' ');
        Assert.That(hashes, Is.Unique, "equal secrets do not show as such");
        Assert.That(hashes[2], Is.EqualTo("none"));
        Assert.That(
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(ModuleFile.Of(directory, "ledger"))),
            Does.Not.Contain("correct horse").And.Not.Contain(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(key)))
        );
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(key), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Without_the_hash_key_requests_with_secrets_match_none_and_others_get_their_first_answer()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            await Post(app, "key 1", new { subject = "tea", password = "1234" });
            await Post(app, "key 2", new { subject = "milk" });
        }
        File.Delete(Path.Combine(directory, HashKey.FileName));
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            var secret = await Post(app, "key 1", new { subject = "tea", password = "1234" });
            var open = await Post(app, "key 2", new { subject = "milk" });

            secret.Expect(HttpStatusCode.UnprocessableEntity);
            open.Expect(HttpStatusCode.OK);
            Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(2));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_key_used_on_one_route_is_refused_on_another_and_is_free_for_other_commands()
    {
        ledger.WhenMapping = routes =>
            routes.MapPost("/v1/other-entries", (AddEntry.Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct));
        await using var app = await TestApplication.Start(ledger);
        var key = ("Idempotency-Key", "key 1");
        var added = await Post(app, "key 1", new { subject = "tea" });
        var id = added.Body.Text("id");

        var same = await app.Http.Post("/ledger/v1/other-entries", """{"subject":"tea"}""", key);
        var other = await app.Http.Put($"/ledger/v1/entries/{id}", """{"subject":"milk"}""", key);

        same.ExpectProblem(HttpStatusCode.UnprocessableEntity);
        other.Expect(HttpStatusCode.OK);
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk"]));
    }

    [Test]
    public async Task A_key_that_was_used_for_one_resource_or_version_is_refused_for_another()
    {
        await using var app = await TestApplication.Start(ledger);
        var one = await ledger.Send(new AddEntry.Command("tea"));
        var other = await ledger.Send(new AddEntry.Command("milk"));
        var key = ("Idempotency-Key", "key 1");
        await app.Http.Put($"/ledger/v1/entries/{one.Id}", """{"subject":"sugar"}""", key, ("If-Match", "\"1\""));

        var resource = await app.Http.Put($"/ledger/v1/entries/{other.Id}", """{"subject":"sugar"}""", key, ("If-Match", "\"1\""));
        var version = await app.Http.Put($"/ledger/v1/entries/{one.Id}", """{"subject":"sugar"}""", key, ("If-Match", "\"2\""));
        var same = await app.Http.Put($"/ledger/v1/entries/{one.Id}", """{"subject":"sugar"}""", key, ("If-Match", "\"1\""));

        resource.ExpectProblem(HttpStatusCode.UnprocessableEntity);
        version.ExpectProblem(HttpStatusCode.UnprocessableEntity);
        same.Expect(HttpStatusCode.OK); // though the entry has another version by now
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk", "sugar"]));
    }

    [Test]
    public async Task A_request_that_sends_one_command_twice_has_both_done_and_repeated_does_neither_again()
    {
        ledger.WhenMapping = routes =>
            routes.MapPost(
                "/v1/pairs",
                async (ISender sender, CancellationToken ct) =>
                {
                    // The first attempt fails. It does not count as a command that the request has executed.
                    await Assert.ThatAsync(() => sender.Send(new AddEntry.Command("tea", FailAtTheEnd: true), ct), Throws.Exception);
                    var one = await sender.Send(new AddEntry.Command("tea"), ct);
                    var two = await sender.Send(new AddEntry.Command("milk"), ct);
                    return new[] { one.Id, two.Id };
                }
            );
        await using var app = await TestApplication.Start(ledger);

        var first = await app.Http.Post("/ledger/v1/pairs", body: null, ("Idempotency-Key", "key 1"));
        var ids = first.Text;
        // The state after a crash between the two commands.
        await ledger.Send(
            new Do.Command(
                (services, ct) =>
                    services
                        .GetRequiredService<FixtureDb>()
                        .Database.ExecuteSqlAsync($"DELETE FROM idempotency_keys WHERE command LIKE '% 2'", ct)
            )
        );
        await ledger.Send(
            new Do.Command(
                (services, ct) => services.GetRequiredService<FixtureDb>().Entries.Where(e => e.Subject == "milk").ExecuteDeleteAsync(ct)
            )
        );
        var second = await app.Http.Post("/ledger/v1/pairs", body: null, ("Idempotency-Key", "key 1"));

        first.Expect(HttpStatusCode.OK);
        second.Expect(HttpStatusCode.OK);
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk", "tea"]));
        Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Keys_are_told_apart_by_every_character()
    {
        await using var app = await TestApplication.Start(ledger);
        string[] keys = ["k", "K", "'; --", "\"k\"", "%_\\*", "a,b", new('k', 200), new string('k', 199) + "l"];

        var answers = await Task.WhenAll(keys.Select((key, number) => Post(app, key, new { subject = $"{number}" })));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That(await ledger.Entries(), Has.Count.EqualTo(keys.Length));
    }

    [Test]
    public async Task A_key_that_is_too_long_is_refused_by_name()
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await Post(app, new string('k', 201), new { subject = "tea" });

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Body.GetProperty("errors").TryGetProperty("Idempotency-Key", out _), Is.True);
    }

    private static Task<Answer> Post(TestApplication app, string key, object body) =>
        app.Http.Post("/ledger/v1/entries", body, ("Idempotency-Key", key));
}
