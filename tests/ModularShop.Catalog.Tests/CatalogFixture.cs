using System.Text.Json;

namespace ModularShop.Catalog.Tests;

/// <summary>The Catalog module alone, with a new file.</summary>
internal sealed class CatalogFixture : IAsyncDisposable
{
    public const string Products = "/catalog/v1/products";
    public const string Imports = "/catalog/v1/product-imports";

    private CatalogFixture(TestApplication app) => App = app;

    public TestApplication App { get; }

    public TestClient Http => App.Http;

    public static async Task<CatalogFixture> Start() => new(await TestApplication.Start(new CatalogModule()));

    public Task<Answer> Add(string sku, string name = "Mug", decimal price = 1, string currency = "GBP", string? description = null) =>
        Http.Post(
            Products,
            new
            {
                sku,
                name,
                description,
                price,
                currency,
            }
        );

    public async Task<Guid> AddEach(params string[] names)
    {
        var last = Guid.Empty;
        foreach (var name in names)
        {
            last = (await Add(name, name)).Id;
        }
        return last;
    }

    /// <summary>The types and data of the events in the log, optionally without the first ones.</summary>
    public async Task<IReadOnlyList<(string Type, string Data)>> Published(int skip = 0) =>
        [
            .. (await Http.Events("catalog"))
                .Skip(skip)
                .Select(e => (e.GetProperty("type").GetString()!, e.GetProperty("data").GetRawText())),
        ];

    /// <summary>The stock codes on one page.</summary>
    public async Task<IReadOnlyList<string>> Browse(params (string Name, string Value)[] query) =>
        Skus((await Http.Get(PageOf(query))).Body);

    /// <summary>The stock codes on all pages, in order.</summary>
    public async Task<IReadOnlyList<string>> BrowseAll((string Name, string Value)[] query, int limit, Func<int, Task>? betweenPages = null)
    {
        var skus = new List<string>();
        string? after = null;
        for (var page = 1; ; page++)
        {
            (string, string)[] place = after is null ? [] : [("after", after)];
            var answer = await Http.Get(PageOf([.. query, ("limit", $"{limit}"), .. place]));
            var items = Skus(answer.Body);
            Assert.That(items, Has.Count.LessThanOrEqualTo(limit));
            skus.AddRange(items);
            after = answer.Body.GetProperty("next").GetString();
            if (after is null)
            {
                return skus;
            }
            await (betweenPages?.Invoke(page) ?? Task.CompletedTask);
        }
    }

    /// <summary>Imports products of a list.</summary>
    public Task<Answer> Import(params object[] products) => Http.Post(Imports, new { products });

    public async Task<(string? Name, decimal Price)> Shown(Guid id)
    {
        var body = (await Http.Get($"{Products}/{id}")).Body;
        return (body.GetProperty("name").GetString(), body.GetProperty("price").GetDecimal());
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    public static string PageOf(params (string Name, string Value)[] query) =>
        $"{Products}?{string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"))}";

    private static IReadOnlyList<string> Skus(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!)];
}
