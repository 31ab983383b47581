using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModularShop.SystemTests;

internal sealed class RunCommandTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task It_says_where_to_look_and_serves()
    {
        await using var shop = await ShopProcess.Run(directory);

        var page = (await shop.Http.Get("/")).Text;
        var docs = (await shop.Http.Get("/docs")).Text;

        Assert.That(shop.Output, Does.Contain($"{shop.Url}/docs").And.Contain($"{shop.Url}/health/ready").And.Contain(directory));
        Assert.That(page, Does.Contain("/docs"));
        Assert.That(docs, Does.Contain("catalog/openapi/v1.json"));
        Assert.That(shop.Errors, Is.Empty);
    }

    [Test]
    public async Task Without_an_argument_it_runs_on_the_default_directory()
    {
        var data = Path.Combine(directory, "data");
        await using var shop = await ShopProcess.Run(data);

        var second = await ShopProcess.Execute([], workingDirectory: directory);

        Assert.That(second.Errors, Does.Contain(data).And.Contain($"--url {shop.Url}"));
        Assert.That(second.Errors.Trim(), Does.Not.Contain("\n"));
        Assert.That(second.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task SIGTERM_ends_it_with_0_after_the_requests_that_were_begun()
    {
        await using var shop = await ShopProcess.Run(directory);
        var body = """{"sku":"A","name":"A product","price":1,"currency":"EUR"}""";
        using var client = new TcpClient();
        await client.ConnectAsync(shop.Http.Address.Host, shop.Http.Address.Port);
        using var reader = new StreamReader(client.GetStream());
        await Send(client, $"POST /catalog/v1/products HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n");
        await Send(client, $"Content-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n");
        var begun = await reader.ReadLineAsync();
        await reader.ReadLineAsync();

        var ended = shop.Terminate();
        await Eventually.Get(() => Accepts(shop.Http.Address), accepts => !accepts);
        await Send(client, body);

        Assert.That(begun, Does.Contain("100"));
        Assert.That(await reader.ReadLineAsync(), Does.Contain("201"));
        Assert.That(await ended, Is.Zero, shop.Errors);
    }

    [Test]
    public async Task A_port_in_use_is_said_in_one_line()
    {
        await using var shop = await ShopProcess.Run(directory);

        var second = await ShopProcess.Execute("run", "--data", Path.Combine(directory, "other"), "--urls", shop.Url);

        Assert.That(second.Errors.Trim(), Does.Contain(shop.Url).And.Contain("in use").And.Not.Contain("\n"));
        Assert.That(second.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Modules_are_named_in_any_usual_form_and_others_do_not_run()
    {
        await using var shop = await ShopProcess.Run(directory, "--modules", "CATALOG");

        var catalog = await shop.Http.Get("/catalog/v1/products");
        var orders = await shop.Http.Get("/orders/v1/orders");
        var nothing = await shop.Http.Get("/nothing/v1/orders");

        catalog.Expect(HttpStatusCode.OK);
        orders.ExpectProblem(HttpStatusCode.ServiceUnavailable);
        nothing.ExpectProblem(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task An_unknown_module_is_said_in_one_line_with_those_there_are()
    {
        var run = await ShopProcess.Execute("run", "--data", directory, "--modules", "Catalog,Nonsense");

        Assert.That(run.Errors.Trim(), Does.Contain("Nonsense").And.Contain("catalog").And.Not.Contain("\n"));
        Assert.That(run.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_module_that_cannot_start_is_named_with_the_reason_and_the_shop_runs()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "catalog.db"), new string('x', 4096));

        await using var shop = await ShopProcess.Run(directory);
        await Eventually.True(() => shop.Errors.Contains("Module catalog is quarantined", StringComparison.Ordinal));

        var answer = await shop.Http.Get("/catalog/v1/products");
        answer.Expect(HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task Environment_variables_have_the_last_word_on_logging()
    {
        var environment = new Dictionary<string, string> { ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information" };
        await using var shop = ShopProcess.Start(["run", "--data", directory, "--urls", "http://127.0.0.1:0"], directory, environment);

        await Eventually.True(() => shop.Errors.Contains("Now listening on", StringComparison.Ordinal));

        Assert.That(shop.Errors, Does.Match(@"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: "));
    }

    private static async Task Send(TcpClient client, string text) => await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<bool> Accepts(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
