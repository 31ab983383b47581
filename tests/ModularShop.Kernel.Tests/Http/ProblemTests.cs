using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class ProblemTests
{
    private readonly FixtureModule ledger = new("ledger");

    [TestCase("{", "body", Description = "Malformed JSON")]
    [TestCase("{ \"subject\": \"tea\", \"colour\": 1 }", "colour", Description = "Unknown field")]
    [TestCase("{ \"subject\": 5 }", "subject", Description = "Wrong type")]
    [TestCase("{ \"subject\": \"tea\", \"tags\": [ { \"name\": 1 } ] }", "tags[0].name", Description = "Wrong type deep inside")]
    [TestCase("{ \"subject\": \"\" }", "subject", Description = "Refused by the validator")]
    [TestCase(
        "{ \"subject\": \"tea\", \"tags\": [ { \"name\": \"a\" }, { \"name\": \"\" } ] }",
        "tags[1].name",
        Description = "Deep inside"
    )]
    public async Task A_body_that_is_wrong_is_a_400_that_names_the_field(string body, string field)
    {
        await using var app = await TestApplication.Start(ledger);

        var problem = (await app.Http.Post("/ledger/v1/entries", body)).ExpectProblem(HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo([field]));
        Assert.That(problem.ToString(), Does.Not.Contain("ModularShop"), "no type names");
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task A_body_that_is_missing_or_of_another_kind_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);
        using var text = new StringContent("subject=tea", Encoding.UTF8, "text/plain");

        var asText = await app.Http.Post("/ledger/v1/entries", text);

        (await app.Http.Post("/ledger/v1/entries", body: null)).ExpectProblem(HttpStatusCode.BadRequest);
        asText.ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [TestCase(null, Description = "Refused by the framework, in its words")]
    [TestCase("application/json; charset=utf-16")]
    public async Task A_body_of_unknown_content_is_refused_in_words_for_its_sender(string? contentType)
    {
        await using var app = await TestApplication.Start(ledger);
        using var body = new ByteArrayContent("""{ "subject": "tea" }"""u8.ToArray());
        body.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        var answer = await app.Http.Post("/ledger/v1/entries", body);

        var problem = answer.ExpectProblem(HttpStatusCode.UnsupportedMediaType);
        Assert.That(problem.Text("detail"), Is.EqualTo("A body is JSON in UTF-8, with the Content-Type application/json."));
    }

    [TestCase("/ledger/v1/nothing", Description = "No such route in a module")]
    [TestCase("/nothing", Description = "No such module")]
    [TestCase("/", Description = "No page")]
    public async Task What_is_not_there_is_a_404(string path)
    {
        await using var app = await TestApplication.Start(ledger);

        (await app.Http.Get(path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_resource_that_does_not_exist_is_a_404_that_names_it()
    {
        await using var app = await TestApplication.Start(ledger);
        var id = Guid.CreateVersion7();

        var answer = await app.Http.Put($"/ledger/v1/entries/{id}", """{ "subject": "tea" }""");

        var problem = answer.ExpectProblem(HttpStatusCode.NotFound);

        Assert.That(problem.Text("detail"), Is.EqualTo($"There is no entry {id}."));
    }

    [Test]
    public async Task A_method_that_a_route_does_not_have_is_a_405()
    {
        await using var app = await TestApplication.Start(ledger);

        (await app.Http.Delete("/ledger/v1/entries")).ExpectProblem(HttpStatusCode.MethodNotAllowed);
    }

    [Test]
    public async Task What_exists_already_is_a_409()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("tea"));

        (await app.Http.Post("/ledger/v1/entries", """{ "subject": "tea" }""")).ExpectProblem(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task A_change_of_a_version_that_is_gone_is_a_412_and_the_answer_to_a_change_has_an_ETag()
    {
        await using var app = await TestApplication.Start(ledger);
        var entry = await ledger.Send(new AddEntry.Command("tea"));
        var path = $"/ledger/v1/entries/{entry.Id}";

        var changed = await app.Http.Put(path, """{ "subject": "milk" }""", ("If-Match", "\"1\""));
        var late = await app.Http.Put(path, """{ "subject": "sugar" }""", ("If-Match", "\"1\""));

        Assert.That(changed.Headers.ETag?.Tag, Is.EqualTo("\"2\""));
        Assert.That(late.ExpectProblem(HttpStatusCode.PreconditionFailed).Text("detail"), Does.Contain("\"2\""));
        Assert.That(await ledger.Entries(), Is.EqualTo(["milk"]));
    }

    [TestCase("W/\"1\"", HttpStatusCode.PreconditionFailed, Description = "A weak tag equals none")]
    [TestCase("\"01\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"+1\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"2\", W/\"1\" , \"a,b\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"99999999999999999999\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"2\", \"1\"", HttpStatusCode.OK)]
    [TestCase("*", HttpStatusCode.OK)]
    [TestCase("1", HttpStatusCode.BadRequest)]
    [TestCase("\"1", HttpStatusCode.BadRequest)]
    [TestCase("\"1\" \"2\"", HttpStatusCode.BadRequest)]
    [TestCase("*, \"1\"", HttpStatusCode.BadRequest)]
    [TestCase(" ", HttpStatusCode.BadRequest)]
    public async Task If_Match_is_read_as_HTTP_has_it(string header, HttpStatusCode status)
    {
        await using var app = await TestApplication.Start(ledger);
        var entry = await ledger.Send(new AddEntry.Command("tea"));

        var answer = await app.Http.Put($"/ledger/v1/entries/{entry.Id}", """{ "subject": "milk" }""", ("If-Match", header));

        answer.Expect(status);
        Assert.That(await ledger.Entries(), Is.EqualTo([status is HttpStatusCode.OK ? "milk" : "tea"]));
    }

    [TestCase("gzip", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("br", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("identity, gzip", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("tea", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("identity", HttpStatusCode.OK)]
    public async Task A_body_that_is_encoded_is_refused_as_such(string encoding, HttpStatusCode status)
    {
        await using var app = await TestApplication.Start(ledger);
        using var body = new StringContent("""{ "subject": "tea" }""", Encoding.UTF8, "application/json");
        body.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        var answer = await app.Http.Post("/ledger/v1/entries", body);

        answer.Expect(status);
        if (status is not HttpStatusCode.OK)
        {
            Assert.That(answer.ExpectProblem(status).Text("detail"), Does.Contain("Content-Encoding"));
        }
    }

    [Test]
    public async Task A_well_formed_but_impossible_request_is_a_422_that_names_the_field()
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Post("/ledger/v1/entries", """{ "subject": "tea", "failAtTheEnd": true }""");

        var problem = answer.ExpectProblem(HttpStatusCode.UnprocessableEntity);
        Assert.That(problem.GetProperty("errors").TryGetProperty("failAtTheEnd", out _), Is.True);
    }
}
