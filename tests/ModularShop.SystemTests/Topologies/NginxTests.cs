using System.Net;
using System.Net.Sockets;
using System.Text;
using ModularShop.SystemTests.BadInput;

namespace ModularShop.SystemTests.Topologies;

internal sealed class NginxTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TopologyExport.OrdersOut();

    [TearDown]
    public void DeleteDirectory() => topology.Dispose();

    [TestCase("http://127.0.0.1:5080", "http://127.0.0.1:5081")]
    [TestCase("http://localhost", "https://localhost:5443")]
    [TestCase("http://[::1]:5080", "http://[::1]:5081")]
    public async Task Nginx_takes_the_configuration(string main, string orders)
    {
        topology.At(main, orders);
        await topology.Files("nginx");

        var check = await Nginx.Check(topology.Exported("nginx.conf"), topology.Directory);

        Assert.That(check.ExitCode, Is.Zero, check.Errors);
        Assert.That(check.Errors, Does.Not.Contain("[warn]"));
    }

    [Test]
    public async Task An_order_is_placed_and_found_in_the_purchase_history_through_nginx()
    {
        await using var main = await StartProcess("main");
        await using var orders = await StartProcess("orders");
        await using var nginx = await Nginx.Start(topology);

        var (product, order) = await nginx.Client.SellOne();
        var bought = await Eventually.Get(() => nginx.Client.Get($"/purchase-history/v1/products/{product}"), answer => answer.IsSuccess);

        Assert.That((await nginx.Client.Get($"/orders/v1/orders/{order}")).Id, Is.EqualTo(order));
        Assert.That(bought.Text, Does.Contain(product.ToString()));
        // Orders is asked without a way by main, and everything else is asked of main.
        await main.Kill();
        Assert.That((await nginx.Client.Get($"/orders/v1/orders/{order}")).Id, Is.EqualTo(order));
        Assert.That((await nginx.Client.Get("/catalog/v1/products")).Status, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That((await nginx.Client.Get("/health/live")).Status, Is.EqualTo(HttpStatusCode.BadGateway));
    }

    [Test]
    public async Task Operators_routes_and_events_are_not_public_however_the_path_is_written()
    {
        UseOneProcess();
        await using var shop = await topology.Start("main");
        await using var nginx = await Nginx.Start(topology);
        string[] paths =
        [
            "/admin",
            "/admin/v1/modules",
            "/ADMIN/v1/modules",
            "/%61dmin/v1/modules",
            "//admin/v1/modules",
            "/./admin/v1/modules",
            "/orders/../admin/v1/modules",
            "/orders/..%2fadmin/v1/modules",
            "/bus/v1/orders/events",
            "/Bus/v1/orders/events",
            "/orders/%2e%2e/bus/v1/orders/events",
        ];

        foreach (var path in paths)
        {
            var answer = await RawHttp.Send(nginx.Client.Address, new RawRequest(path, "GET", path));

            Assert.That(answer.Status, Is.EqualTo(404), path);
            Assert.That(answer.Text, Does.Contain("Server: nginx"), path);
            Assert.That(answer.Body, Does.Contain("<center>nginx</center>"), $"{path} was passed on.");
        }
    }

    [Test]
    public async Task A_client_cannot_claim_an_address_that_the_shop_believes()
    {
        UseOneProcess();
        await using var shop = await topology.Start(
            "main",
            new Dictionary<string, string?> { ["Kernel:Http:TrustedProxies"] = "127.0.0.1" }
        );
        await using var nginx = await Nginx.Start(topology);

        var document = await nginx.Client.Get(
            "/catalog/openapi/v1.json",
            ("X-Forwarded-Host", "elsewhere.example"),
            ("X-Forwarded-Prefix", "/elsewhere"),
            ("X-Forwarded-Proto", "https")
        );

        var server = document.ExpectSuccess().Body.GetProperty("servers")[0].GetProperty("url").GetString();
        Assert.That(server, Is.EqualTo($"http://{nginx.Client.Address.Authority}/catalog"));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused_by_the_shop_with_its_own_answer()
    {
        UseOneProcess();
        await using var shop = await topology.Start("main");
        await using var nginx = await Nginx.Start(topology);

        using var body = new ByteArrayContent(new byte[4 * 1024 * 1024 + 1]);
        body.Headers.ContentType = new("application/json");
        var answer = await nginx.Client.Post("/catalog/v1/products", body);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(answer.ContentType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task No_request_is_sent_twice()
    {
        using var process = FakeProcess();
        await using var nginx = await Nginx.Start(topology);
        var first = nginx.Client.Get("/orders/1");
        using var connection = await process.AcceptTcpClientAsync().WaitAsync(Deadline);
        await using var stream = connection.GetStream();
        await ReadUntil(stream, "\r\n\r\n");
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        Assert.That((await first).Text, Is.EqualTo("ok"));

        // On a connection that was kept, nginx cannot know whether the request has arrived.
        var second = nginx.Client.Get("/orders/2");
        Assert.That(await ReadUntil(stream, "\r\n\r\n"), Does.Contain("GET /orders/2 HTTP/1.1"));
        connection.Close();
        var repeated = process.AcceptTcpClientAsync().ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.That(await Task.WhenAny(second, repeated).WaitAsync(Deadline), Is.SameAs(second), "The request was sent again.");
        Assert.That((await second).Status, Is.EqualTo(HttpStatusCode.BadGateway));
    }

    [Test]
    public async Task Bodies_are_passed_on_as_they_come()
    {
        using var process = FakeProcess();
        await using var nginx = await Nginx.Start(topology);
        using var client = new TcpClient();
        await client.ConnectAsync(nginx.Client.Address.Host, nginx.Client.Address.Port);
        await using var here = client.GetStream();

        await here.WriteAsync("POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 8\r\n\r\nhalf"u8.ToArray());
        using var connection = await process.AcceptTcpClientAsync().WaitAsync(Deadline);
        await using var there = connection.GetStream();
        var request = await ReadUntil(there, "half");
        await there.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour"u8.ToArray());
        await ReadUntil(here, "four");

        Assert.That(request, Does.StartWith("POST /orders HTTP/1.1\r\n").And.Contain("\r\nHost: shop\r\n"));
        Assert.That(request, Does.Contain("\r\nX-Forwarded-Proto: http\r\n").And.Not.Contain("Connection: close"));
    }

    private void UseOneProcess()
    {
        topology.Dispose();
        topology = TopologyExport.OneProcess();
    }

    private async Task<ShopProcess> StartProcess(string name)
    {
        var process = ShopProcess.Start("run", "--topology", topology.File.Path, "--as", name);
        return await process.BecomesReady() ? process : throw new InvalidOperationException(process.Errors);
    }

    // A process in place of a shop's: the test itself accepts its connections.
    private TcpListener FakeProcess()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        topology.At("http://127.0.0.1:1", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        return listener;
    }

    private static async Task<string> ReadUntil(NetworkStream stream, string end)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var text = "";
        var buffer = new byte[4096];
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, deadline.Token);
            Assert.That(read, Is.GreaterThan(0), $"The connection ended after: {text}");
            text += Encoding.Latin1.GetString(buffer, 0, read);
        }
        return text;
    }
}
