using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModularShop.SystemTests.Topologies;

internal sealed class GatewayTests
{
    // A module that is asked may do the work and lose the connection before it can answer.
    [TestCase("DELETE")]
    [TestCase("POST")]
    public async Task A_request_without_a_body_is_not_sent_twice_either(string method)
    {
        using var topology = TopologyExport.OrdersOut();
        using var other = new FakeProcess();
        topology.At($"http://127.0.0.1:{TestTopology.FreePorts(1)[0]}", other.Address);
        await using var main = await topology.Start("main");
        Assert.That((await main.Http.Get("/orders/1")).Text, Is.EqualTo("ok"));

        // On a connection that was kept, nobody can know whether the request has arrived.
        var answer = await main.Http.Send(new HttpMethod(method), "/orders/1");

        answer.ExpectProblem(HttpStatusCode.BadGateway);
        Assert.That(other.Changes, Is.EqualTo(1));
    }

    /// <summary>In place of a process: answers a GET and keeps the connection, and closes it at any other request without an answer.</summary>
    private sealed class FakeProcess : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private int changes;

        public FakeProcess()
        {
            listener.Start();
            _ = Accept();
        }

        public string Address => $"http://{listener.LocalEndpoint}";

        public int Changes => Volatile.Read(ref changes);

        public void Dispose() => listener.Dispose();

        private async Task Accept()
        {
            while (true)
            {
                _ = Serve(await listener.AcceptTcpClientAsync());
            }
        }

        private async Task Serve(TcpClient connection)
        {
            using (connection)
            {
                var stream = connection.GetStream();
                var request = await Request(stream);
                for (; request.StartsWith("GET /orders/", StringComparison.Ordinal); request = await Request(stream))
                {
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
                }
                if (request.Contains(" /orders/", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref changes);
                }
            }
        }

        private static async Task<string> Request(NetworkStream stream)
        {
            var text = "";
            var buffer = new byte[4096];
            while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer) is > 0 and var read)
            {
                text += Encoding.Latin1.GetString(buffer, 0, read);
            }
            return text;
        }
    }
}
