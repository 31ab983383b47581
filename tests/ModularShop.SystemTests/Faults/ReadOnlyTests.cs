using System.Net;

namespace ModularShop.SystemTests.Faults;

internal sealed class ReadOnlyTests
{
    private const UnixFileMode Everything = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory()
    {
        File.SetUnixFileMode(directory, Everything);
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_module_whose_file_is_read_only_says_so_and_starts_by_itself_when_it_is_not()
    {
        Guid product;
        await using (var before = await ShopCommand.Host(directory))
        {
            (product, _) = await before.Http.SellOne();
        }
        var file = ModuleFile.Of(directory, "orders");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        await using var shop = await ShopProcess.RunBy(Faulty.AsOrdinaryUser, directory, []);

        Faulty.AssertRefused(await shop.Http.Order(product), "The file is read-only");
        Assert.That(File.Exists(file + "-wal"), Is.False, "it would be read-only, too");
        await shop.AssertNamed("orders", "The file is read-only", "writable for the user");
        await shop.AssertAnswers("/catalog/v1/products", "/purchase-history/v1/purchases");

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await shop.IsHealthy();
        (await shop.Http.Order(product)).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_shop_whose_directory_becomes_read_only_takes_orders_as_long_as_it_runs_and_ends_well()
    {
        await using var shop = await ShopProcess.RunBy(Faulty.AsOrdinaryUser, directory, []);
        var product = await shop.Product();
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var order = await shop.Http.Order(product);
        await shop.AssertAnswers($"/orders/v1/orders/{order.Id}", "/catalog/v1/products");

        Assert.That(await shop.Terminate(), Is.Zero, shop.Errors);
        Assert.That(Faulty.OrdersIn(directory), Does.Contain(order.Id));
    }

    [Test]
    public async Task A_shop_does_not_start_on_a_directory_that_is_read_only_and_says_which_in_one_line()
    {
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var shop = ShopProcess.Start(
            ["run", "--data", directory, "--urls", "http://127.0.0.1:0"],
            workingDirectory: null,
            launcher: Faulty.AsOrdinaryUser
        );
        await using var doctor = ShopProcess.Start(
            ["doctor", "--data", directory],
            workingDirectory: null,
            launcher: Faulty.AsOrdinaryUser
        );

        Assert.That(await shop.Exited(), Is.EqualTo(1));
        Assert.That(shop.Errors.Trim(), Does.Contain(directory).And.Contain("writable").And.Not.Contain("\n"));
        Assert.That(await doctor.Exited(), Is.EqualTo(4));
        Assert.That(doctor.Output, Does.Contain($"Make {directory} writable"));
    }
}
