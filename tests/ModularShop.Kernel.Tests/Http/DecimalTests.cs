using System.Net;
using Microsoft.AspNetCore.Builder;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

/// <summary>A decimal is accepted exactly as it was written, or refused.</summary>
internal sealed class DecimalTests
{
    private static readonly FixtureModule Ledger = new("ledger")
    {
        WhenMapping = routes =>
        {
            routes.MapPost("/v1/amounts", (AmountBody body) => new { body.Amount, body.Other });
            routes.MapGet("/v1/amounts", (PlainDecimal? amount) => new { Amount = amount?.Value });
        },
    };

    private static TestApplication app = null!;

    [OneTimeSetUp]
    public static async Task Start() => app = await TestApplication.Start(Ledger);

    [OneTimeTearDown]
    public static async Task Stop() => await app.DisposeAsync();

    [TestCase("1.50", "1.5")]
    [TestCase("-0.0001", "-0.0001")]
    [TestCase("1e3", "1000")]
    [TestCase("1.5E-4", "0.00015")]
    [TestCase("0e-999999999999999999999", "0")]
    [TestCase("1.50000000000000000000000000000000000000000", "1.5")]
    [TestCase("79228162514264337593543950335", "79228162514264337593543950335")]
    [TestCase("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [TestCase("0.99999999999999999999999999990", "0.9999999999999999999999999999")]
    [TestCase("12340000e-4", "1234")]
    public async Task A_number_in_a_body_is_what_was_written(string json, string value)
    {
        var answer = await app.Http.Post("/ledger/v1/amounts", $$"""{ "amount": {{json}}, "other": {{json}} }""");

        answer.Expect(HttpStatusCode.OK);
        var body = answer.Body;
        Assert.That(body.GetProperty("amount").GetDecimal(), Is.EqualTo(decimal.Parse(value)));
        Assert.That(body.GetProperty("other").GetDecimal(), Is.EqualTo(decimal.Parse(value)));
    }

    [TestCase("1e-30")]
    [TestCase("-1e-29")]
    [TestCase("1e-99999999999999999999")]
    [TestCase("0.99999999999999999999999999999")]
    [TestCase("0.9999999999999999999999999999999999999999999999")]
    [TestCase("1.00000000000000000000000000001")]
    [TestCase("79228162514264337593543950335.4")]
    [TestCase("1e30")]
    [TestCase("\"1.5\"")]
    public async Task A_number_in_a_body_is_not_rounded_to_another(string json)
    {
        foreach (var field in (string[])["amount", "other"])
        {
            var (amount, other) = field == "amount" ? (json, "1") : ("1", json);
            var answer = await app.Http.Post("/ledger/v1/amounts", $$"""{ "amount": {{amount}}, "other": {{other}} }""");

            var problem = answer.ExpectProblem(HttpStatusCode.BadRequest);
            Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo([field]));
        }
    }

    [TestCase("1.50", "1.5")]
    [TestCase("-3", "-3")]
    [TestCase("0010", "10")]
    public async Task A_number_in_an_address_is_what_was_written(string text, string value)
    {
        var answer = await app.Http.Json($"/ledger/v1/amounts?amount={text}");

        Assert.That(answer.GetProperty("amount").GetDecimal(), Is.EqualTo(decimal.Parse(value)));
    }

    [TestCase("1,50")]
    [TestCase("1,000.00")]
    [TestCase("1 000")]
    [TestCase("%201")]
    [TestCase("1e3")]
    [TestCase("(1)")]
    [TestCase("1-")]
    [TestCase("%C2%A41")]
    [TestCase("0.99999999999999999999999999999")]
    [TestCase("0.000000000000000000000000000001")]
    [TestCase("NaN")]
    public async Task A_number_in_an_address_that_could_be_read_otherwise_is_refused(string text)
    {
        var answer = await app.Http.Get($"/ledger/v1/amounts?amount={text}");

        var problem = answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(["amount"]));
    }

    [Test]
    public async Task A_decimal_is_documented_as_a_number()
    {
        var document = await app.Http.Json("/ledger/openapi/v1.json");

        var body = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("DecimalTestsAmountBody")
            .GetProperty("properties");
        Assert.That(body.GetProperty("amount").GetProperty("type").GetString(), Is.EqualTo("number"));
        Assert.That(
            body.GetProperty("other").GetProperty("type").EnumerateArray().Select(t => t.GetString()),
            Is.EquivalentTo(["null", "number"])
        );
        var parameter = document.GetProperty("paths").GetProperty("/v1/amounts").GetProperty("get").GetProperty("parameters")[0];
        Assert.That(parameter.GetProperty("schema").GetProperty("type").GetString(), Is.EqualTo("number"));
    }

    internal sealed record AmountBody(decimal Amount, decimal? Other);
}
