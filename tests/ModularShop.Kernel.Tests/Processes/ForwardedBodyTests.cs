using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>The bodies of requests for a module that runs in another process.</summary>
internal sealed class ForwardedBodyTests
{
    private const int Posts = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FixtureModule ledger = new("ledger");
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TestTopology.Of([ledger, new FixtureModule("reader")], ("front", ["reader"]), ("back", ["ledger"]));

    [TearDown]
    public void Delete() => topology.Dispose();

    [Test]
    public async Task A_body_arrives_whole_whatever_its_size([Values(0, 1, 3_000, 70_000, 1_000_000)] int size, [Values] bool isChunked)
    {
        ledger.WhenMapping = routes => routes.MapPost("/v1/echo", (HttpRequest request) => Results.Stream(request.Body));
        await using var back = await topology.Start("back");
        await using var front = await topology.Start("front");
        var body = RandomNumberGenerator.GetBytes(size);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ledger/v1/echo") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = isChunked;

        using var answer = await front.Http.Plain.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.EqualTo(body));
    }

    [Test]
    public async Task A_request_arrives_before_its_body_has_ended()
    {
        var arrived = new TaskCompletionSource();
        ledger.WhenMapping = routes =>
            routes.MapPost(
                "/v1/wait",
                async (HttpRequest request) =>
                {
                    arrived.SetResult();
                    using var reader = new StreamReader(request.Body);
                    return await reader.ReadToEndAsync();
                }
            );
        await using var back = await topology.Start("back");
        await using var front = await topology.Start("front");
        using var client = await Connect(front.Http.Address);
        await client.SendAsync(Encoding.ASCII.GetBytes("POST /ledger/v1/wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\nthe"));

        await arrived.Task.WaitAsync(Limit);

        await client.SendAsync("rest"u8.ToArray());
        var answer = "";
        while (!answer.Contains("therest", StringComparison.Ordinal) && await Receive(client) is { Length: > 0 } part)
        {
            answer += part;
        }
        Assert.That(answer, Does.StartWith("HTTP/1.1 200").And.Contain("therest"));
    }

    [Test]
    public async Task Headers_and_a_body_that_has_arrived_are_sent_together()
    {
        using var back = new TcpListener(IPAddress.Loopback, topology.AddressOf("back").Port);
        back.Start();
        var received = ReceivePosts(back);
        await using var front = await topology.Start("front");
        using var client = await Connect(front.Http.Address);

        // Two packets may be read as one, but not each time.
        for (var request = 0; request < Posts; request++)
        {
            await client.SendAsync(
                Encoding.ASCII.GetBytes("POST /ledger/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody")
            );
            await Receive(client);
        }

        Assert.That(await received.WaitAsync(Limit), Has.All.EndsWith("\r\n\r\nbody"));
    }

    private static async Task<Socket> Connect(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        return socket;
    }

    /// <summary>What arrives first of each request with a body, on one connection after the other.</summary>
    private static async Task<IReadOnlyList<string>> ReceivePosts(TcpListener back)
    {
        var posts = new List<string>();
        while (posts.Count < Posts)
        {
            using var connection = await back.AcceptSocketAsync();
            while (posts.Count < Posts && await Receive(connection) is { Length: > 0 } text)
            {
                if (!text.StartsWith("POST", StringComparison.Ordinal))
                {
                    break; // The front process asks for logs, too.
                }
                posts.Add(text);
                if (!text.EndsWith("body", StringComparison.Ordinal))
                {
                    await Receive(connection);
                }
                await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
            }
        }
        return posts;
    }

    /// <summary>What arrives at once.</summary>
    private static async Task<string> Receive(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        using var limit = new CancellationTokenSource(Limit);
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
    }
}
