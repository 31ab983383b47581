using System.Net;
using CsCheck;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class PagingTests
{
    private static readonly string[] Names = ["red cup", "Red Cup", "red cups", "blue bowl", "a red, red bowl"];

    private static readonly Gen<(string Name, decimal Price, int Limit)[]> GenBatch = Gen.Select(
        Gen.Int[0, Names.Length - 1],
        Gen.Int[0, 2],
        Gen.Int[1, 9],
        (name, price, limit) => (Names[name], (decimal)price, limit)
    ).Array[1, 20];

    private int last;

    [Test]
    public async Task Every_product_is_on_one_page_whatever_is_added_between_pages()
    {
        await using var catalog = await CatalogFixture.Start();
        await GenBatch.SampleAsync(
            async batch =>
            {
                var there = await Import(catalog, batch);
                (string, string)[][] lists =
                [
                    [("sort", "name")],
                    [("sort", "-name")],
                    [("sort", "price")],
                    [("sort", "-price")],
                    [("sort", "newest")],
                    [("search", "red cup"), ("sort", "price")],
                ];
                foreach (var list in lists)
                {
                    var wanted =
                        list[0].Item1 == "search" ? there.Where(p => p.Name.Contains("cup", StringComparison.OrdinalIgnoreCase)) : there;
                    var seen = await catalog.BrowseAll(
                        list,
                        batch[0].Limit,
                        page => page < 4 ? Import(catalog, batch[..1]) : Task.CompletedTask
                    );
                    Assert.That(seen, Is.Unique);
                    Assert.That(wanted.Select(p => p.Sku).Except(seen), Is.Empty, list[0].Item2);
                }
            },
            iter: 4,
            threads: 1
        );
    }

    [Test]
    public async Task A_page_of_long_descriptions_ends_early_and_the_rest_follows()
    {
        await using var catalog = await CatalogFixture.Start();
        var description = new string('ü', 4000);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => catalog.Add($"{i}", $"Mug {i}", description: description)));

        var page = await catalog.Http.Get(PageOf(("limit", "500")));

        Assert.That(page.Text, Has.Length.LessThan(1_200_000));
        Assert.That(await catalog.BrowseAll([], limit: 500), Is.Unique.And.Count.EqualTo(300));
    }

    private async Task<IReadOnlyList<(string Sku, string Name)>> Import(
        CatalogFixture catalog,
        IEnumerable<(string Name, decimal Price, int Limit)> batch
    )
    {
        var products = batch
            .Select(p => new
            {
                sku = $"S{++last}",
                name = p.Name,
                price = p.Price,
                currency = "GBP",
                asOf = "2010-12-01T00:00:00Z",
            })
            .ToList();
        (await catalog.Http.Post(Imports, new { products })).Expect(HttpStatusCode.OK);
        return [.. products.Select(p => (p.sku, p.name))];
    }
}
