namespace ModularShop.SystemTests;

internal sealed class RunCommandTests
{
    [Test]
    public async Task It_says_where_to_look_and_serves()
    {
        await using var shop = await ShopProcess.Run();

        var page = await shop.Http.GetStringAsync("/");
        var docs = await shop.Http.GetStringAsync("/docs");

        Assert.That(shop.Output, Does.Contain($"{shop.Url}/docs").And.Contain($"{shop.Url}/health/ready").And.Contain("modularshop-test-"));
        Assert.That(page, Does.Contain("/docs"));
        Assert.That(docs, Does.Contain("catalog/openapi/v1.json"));
    }

    [Test]
    public async Task Without_an_argument_it_runs_on_the_default_directory()
    {
        var directory = TestApplication.NewDirectory();
        await using var shop = await ShopProcess.Run(Path.Combine(directory, "data"));

        var second = await ShopProcess.Execute([], workingDirectory: directory);

        Assert.That(second.Errors, Does.Contain(Path.Combine(directory, "data")).And.Contain($"--url {shop.Url}"));
        Assert.That(second.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task SIGTERM_ends_it_with_0()
    {
        await using var shop = await ShopProcess.Run();

        var exitCode = await shop.Terminate();

        Assert.That(exitCode, Is.Zero, shop.Errors);
        Assert.That(shop.Errors, Is.Empty);
    }
}
