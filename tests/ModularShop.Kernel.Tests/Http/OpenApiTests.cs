using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class OpenApiTests
{
    [Test]
    public async Task Each_module_documents_itself_under_its_own_name()
    {
        await using var app = await TestApplication.Start(new FixtureModule("ledger"), new StandInModule("other"));

        var document = await app.Http.Json("/ledger/openapi/v1.json");

        Assert.That(document.GetProperty("info").Text("title"), Is.EqualTo("ledger"));
        Assert.That(document.GetProperty("servers")[0].Text("url"), Does.EndWith("/ledger"));
        var add = document.GetProperty("paths").GetProperty("/v1/entries").GetProperty("post");
        Assert.That(add.GetProperty("parameters").EnumerateArray().Select(p => p.Text("name")), Has.Member("Idempotency-Key"));
        Assert.That(add.GetProperty("responses").EnumerateObject().Select(r => r.Name), Is.SupersetOf(["400", "404", "409", "422", "503"]));
        Assert.That((await app.Http.Json("/other/openapi/v1.json")).GetProperty("paths").TryGetProperty("/v1/entries", out _), Is.False);
    }
}
