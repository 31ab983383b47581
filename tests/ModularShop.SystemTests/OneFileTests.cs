using System.Net;
using System.Text.Json;
using ModularShop.Import.Tests;

namespace ModularShop.SystemTests;

/// <summary>The published file on a machine without .NET, other files, or anything that was unpacked before.</summary>
internal sealed class OneFileTests
{
    private static readonly string Published = TestApplication.NewDirectory();

    private readonly string root = TestApplication.NewDirectory();

    private string Place => Path.Combine(root, "place");

    // Once for all tests, and other tests run meanwhile.
    [OneTimeSetUp]
    public static Task Publish() => OneFile.Publish(Published);

    [OneTimeTearDown]
    public static void DeletePublished() => Directory.Delete(Published, recursive: true);

    [SetUp]
    public void Copy()
    {
        Directory.CreateDirectory(Place);
        File.Copy(Path.Combine(Published, "modularshop"), Path.Combine(Place, "modularshop"));
    }

    [TearDown]
    public void Delete() => Directory.Delete(root, recursive: true);

    [Test]
    public void It_is_all_that_is_published() =>
        Assert.That(Directory.GetFileSystemEntries(Published).Select(Path.GetFileName), Is.EqualTo(new[] { "modularshop" }));

    [Test]
    public async Task Alone_in_a_directory_it_sells_and_remembers_across_a_kill()
    {
        Guid product;
        await using (var shop = await Run())
        {
            product = (await shop.Http.AddProduct()).Expect(HttpStatusCode.Created).Id;
            await shop.Http.OrderWhenKnown(product);
            await Eventually.Get(() => OrdersOf(shop.Http, product), orders => orders == 1);
            await shop.Kill();
        }

        await using var again = await Run();

        Assert.That(await OrdersOf(again.Http, product), Is.EqualTo(1));
        Assert.That(Directory.GetFileSystemEntries(Place).Select(Path.GetFileName), Is.EquivalentTo(new[] { "modularshop", "data" }));
        Assert.That(again.Errors, Is.Empty);
    }

    [TestCase("--version", ExpectedResult = 0)]
    [TestCase("modules", "list", ExpectedResult = 0)]
    [TestCase("verify", "--data", "nothing", ExpectedResult = 3)]
    public async Task<int> It_needs_no_directory_to_unpack_anything_to(params string[] arguments)
    {
        await using var command = Start(arguments);

        return await command.Exited();
    }

    [Test]
    public async Task Its_pages_come_from_the_file()
    {
        await using var shop = await Run();

        var docs = await shop.Http.Get("/docs/");
        var script = await shop.Http.Get("/docs/scalar.js");

        Assert.That(docs.Text, Does.Contain("scalar.js").And.Contain("catalog/openapi/v1.json"));
        script.Expect(HttpStatusCode.OK);
        Assert.That(script.Text, Is.Not.Empty);
    }

    [Test]
    public async Task It_refuses_a_gzip_file_that_is_cut_off()
    {
        // All data is there: only strict validation detects the missing end of the checksum.
        using var cut = new MadeUpFile(MadeUpFile.Gzip(MadeUpFile.Bytes(MadeUpFile.Line()))[..^6], "cut-off.csv.gz");
        await using var import = Start("import", "online-retail", cut.Path);

        Assert.That(await import.Exited(), Is.Not.Zero);
        Assert.That(import.Errors, Does.Contain("cut off or damaged"));
    }

    private async Task<ShopProcess> Run()
    {
        var shop = Start("run", "--urls", "http://127.0.0.1:0");
        return await shop.BecomesReady() ? shop : throw new InvalidOperationException($"It ended.\n{shop.Output}\n{shop.Errors}");
    }

    private ShopProcess Start(params string[] arguments)
    {
        var nothing = Directory.CreateDirectory(Path.Combine(root, "nothing")).FullName;
        return ShopProcess.Start(
            arguments,
            Place,
            new Dictionary<string, string>
            {
                ["PATH"] = nothing,
                ["DOTNET_ROOT"] = nothing,
                // No user can create a directory there.
                ["HOME"] = "/proc/nowhere",
                ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = "/proc/nowhere",
            },
            executable: Path.Combine(Place, "modularshop")
        );
    }

    private static async Task<long> OrdersOf(TestClient http, Guid product)
    {
        var answer = await http.Get($"/purchase-history/v1/products/{product}");
        var sales = answer.Status == HttpStatusCode.OK ? answer.Body.GetProperty("sales") : default;
        return sales is { ValueKind: JsonValueKind.Array } && sales.GetArrayLength() == 1 ? sales[0].GetProperty("orders").GetInt64() : 0;
    }
}
