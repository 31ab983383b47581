using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Data;

namespace ModularShop.Catalog.Tests;

/// <summary>Files from an older build, which did not store what a person had decided.</summary>
internal sealed class OlderFileTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Only_what_is_as_its_import_made_it_is_taken_to_be_imported()
    {
        var (imported, changed, made) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        // A file with the kernel's tables, but none of the module's.
        await using (await TestApplication.Start([new StandInModule("catalog")], directory)) { }
        await using (var db = new CatalogDb(new DbContextOptionsBuilder<CatalogDb>().UseSqlite(Connection()).Options))
        {
            await db.Database.MigrateAsync("20261122195714_Initial");
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO products (id, sku, name, price, currency, is_discontinued, added_at, listed_as_of, version)
                VALUES ({imported}, 'A', 'OLD', 10000, 'GBP', 0, 0, 1000, 1), ({changed}, 'B', 'OLD', 10000, 'GBP', 0, 0, 1000, 2),
                    ({made}, 'C', 'OLD', 10000, 'GBP', 0, 0, NULL, 1)
                """
            );
        }
        await using var app = await TestApplication.Start([new CatalogModule()], directory);

        await app.Http.Post("/catalog/v1/product-imports", new { products = new[] { Item("A"), Item("B"), Item("C") } });

        var names = new List<string?>();
        foreach (var id in new[] { imported, changed, made })
        {
            names.Add((await app.Http.Get($"/catalog/v1/products/{id}")).Body.GetProperty("name").GetString());
        }
        Assert.That(names, Is.EqualTo(new[] { "NEW", "OLD", "OLD" }));
    }

    private static object Item(string sku) =>
        new
        {
            sku,
            name = "NEW",
            price = 2,
            currency = "GBP",
            asOf = "2010-12-01T08:26:00Z",
        };

    private string Connection() => $"Data Source={Path.Combine(directory, "catalog.db")};Pooling=False";
}
