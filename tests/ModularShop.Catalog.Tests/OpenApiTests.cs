using System.Text.Json;

namespace ModularShop.Catalog.Tests;

internal sealed class OpenApiTests
{
    [Test]
    public async Task The_document_lists_every_route()
    {
        await using var catalog = await CatalogFixture.Start();
        var routes = (await Operations(catalog)).Select(operation => operation.Route);

        Assert.That(
            routes,
            Is.EquivalentTo([
                "get /v1/products",
                "post /v1/products",
                "get /v1/products/{productId}",
                "put /v1/products/{productId}",
                "put /v1/products/{productId}/price",
                "post /v1/products/{productId}/discontinuation",
                "post /v1/product-imports",
            ])
        );
    }

    [Test]
    public async Task Changes_take_an_Idempotency_Key_and_reading_does_not()
    {
        await using var catalog = await CatalogFixture.Start();
        foreach (var (route, operation) in await Operations(catalog))
        {
            var takesKey = Parameters(operation).Contains("Idempotency-Key");
            Assert.That(takesKey, Is.EqualTo(!route.StartsWith("get", StringComparison.Ordinal)), route);
        }
    }

    [Test]
    public async Task Parameters_are_listed_as_they_are_written()
    {
        await using var catalog = await CatalogFixture.Start();
        var operations = await Operations(catalog);

        Assert.That(
            Parameters(operations.Single(operation => operation.Route == "get /v1/products").Operation),
            Is.EquivalentTo(["search", "minPrice", "maxPrice", "currency", "discontinued", "sort", "limit", "after"])
        );
        Assert.That(
            Parameters(operations.Single(operation => operation.Route == "put /v1/products/{productId}/price").Operation),
            Is.EquivalentTo(["productId", "If-Match", "Idempotency-Key"])
        );
    }

    private static async Task<IReadOnlyList<(string Route, JsonElement Operation)>> Operations(CatalogFixture catalog)
    {
        var document = (await catalog.Http.Get("/catalog/openapi/v1.json")).Body;
        return
        [
            .. document
                .GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(method => ($"{method.Name} {path.Name}", method.Value))),
        ];
    }

    private static IReadOnlyList<string> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!)]
            : [];
}
