using System.Text.Json;

namespace ModularShop.SystemTests;

internal sealed class CommandLineTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("nonsense")]
    [TestCase("run", "--nonsense")]
    [TestCase("run", "--urls", "nonsense")]
    [TestCase("events", "list")]
    [TestCase("events", "list", "catalog", "--limit", "0")]
    [TestCase("events", "list", "catalog", "--url", "nonsense")]
    [TestCase("demo", "--url", "http://localhost:1", "--data", "nonsense")]
    [TestCase("dead-letters", "list", "--status", "nonsense")]
    [TestCase("dead-letters", "retry", "catalog")]
    [TestCase("dead-letters", "retry", "catalog", "1", "--all")]
    [TestCase("split-report", "--seconds", "0")]
    [TestCase("split-report", "--seconds", "61")]
    [TestCase("split-report", "--seconds", "soon")]
    [TestCase("split-report", "--url", "http://localhost:1", "--data", "nonsense")]
    public async Task Wrong_usage_gives_2_and_says_why(params string[] arguments)
    {
        var command = await ShopCommand.Execute(arguments);

        Assert.That(command.ExitCode, Is.EqualTo(2));
        Assert.That(command.Errors, Does.StartWith("modularshop: ").And.Contain("--help"));
        Assert.That(command.Output, Is.Empty);
    }

    [Test]
    public async Task A_shop_that_cannot_be_reached_is_said_in_one_line()
    {
        var command = await ShopCommand.Execute("events", "list", "catalog", "--url", "http://127.0.0.1:1");

        Assert.That(command.ExitCode, Is.EqualTo(1));
        Assert.That(command.Errors.Trim(), Does.Contain("cannot be reached").And.Not.Contain("\n"));
    }

    [Test]
    public async Task A_directory_that_a_running_shop_holds_is_refused_with_its_address()
    {
        await using var shop = await ShopProcess.Run(directory);

        var command = await ShopCommand.Execute("events", "list", "catalog", "--data", directory);

        Assert.That(command.ExitCode, Is.EqualTo(1));
        Assert.That(command.Errors.Trim(), Does.Contain($"--url {shop.Url}").And.Not.Contain("\n"));
    }

    [Test]
    public async Task A_data_directory_that_is_not_there_gives_3_where_nothing_would_be_put_in()
    {
        var command = await ShopProcess.Execute(["events", "list", "catalog"], workingDirectory: directory);

        Assert.That(command.ExitCode, Is.EqualTo(3));
        Assert.That(Directory.Exists(Path.Combine(directory, "data")), Is.False);
    }

    [TestCase("run", "--urls", "http://127.0.0.1:0")]
    [TestCase("demo")]
    public async Task A_file_in_the_place_of_the_data_directory_is_said_in_one_line(params string[] arguments)
    {
        var file = Path.Combine(directory, "file");
        await File.WriteAllTextAsync(file, "");

        var command = await ShopProcess.Execute([.. arguments, "--data", file]);

        Assert.That(command.ExitCode, Is.EqualTo(1));
        Assert.That(command.Errors.Trim(), Is.EqualTo($"modularshop: {file} is a file; a data directory is expected."));
    }

    [Test]
    public async Task Modules_are_listed_with_what_they_publish_and_with_their_state_where_they_run()
    {
        await using var news = await News.Start();

        var built = await ShopCommand.Execute("modules", "list");
        var running = await ShopCommand.Execute("modules", "list", "--url", news.Url, "--json");

        Assert.That(built.Output, Does.Contain("catalog.product-added"));
        using var modules = JsonDocument.Parse(running.Output);
        var reader = modules.RootElement.EnumerateArray().Single(module => module.GetProperty("name").GetString() == "reader");
        Assert.That(reader.GetProperty("state").GetString(), Is.EqualTo("running"));
        Assert.That(reader.GetProperty("rebuildable").GetBoolean(), Is.True);
        Assert.That(reader.GetProperty("listensTo")[0].GetString(), Is.EqualTo("news.headline-published"));
    }

    [Test]
    public async Task The_demo_can_be_repeated()
    {
        var hosted = await ShopCommand.Execute("demo", "--data", directory);
        await using var shop = await ShopCommand.Host(directory);
        var repeated = await ShopCommand.Execute("demo", "--url", shop.Url);
        var products = await shop.Http.Json("/catalog/v1/products");

        Assert.That(hosted.ExitCode, Is.Zero, hosted.Errors);
        Assert.That(repeated.ExitCode, Is.Zero, repeated.Errors);
        Assert.That(products.GetProperty("items").GetArrayLength(), Is.EqualTo(12));
    }
}
