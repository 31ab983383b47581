using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace ModularShop.Benchmarks.Harness;

/// <summary>
/// An HTTP/1.1 connection that has one request at a time. It knows no more of HTTP than these benchmarks need, as it is to
/// take as little as possible of the cores that it shares with the server.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[16 * 1024];
    private int end;

    private HttpConnection(Socket socket) => this.socket = socket;

    public static async Task<HttpConnection> Open(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        return new HttpConnection(socket);
    }

    /// <summary>A request as bytes, which can be sent repeatedly.</summary>
    public static byte[] Post(string path, string json) =>
        Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"
        );

    public static byte[] Get(string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>Sends a request and reads its answer; the body is valid until the next one is sent.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> Send(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        end = 0;
        while (true)
        {
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            var read = await socket.ReceiveAsync(buffer.AsMemory(end));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }
            end += read;
            if (TryRead(buffer.AsSpan(0, end)) is var (status, body, length))
            {
                return (status, buffer.AsMemory(body, length));
            }
        }
    }

    public void Dispose() => socket.Dispose();

    // Null until the answer is complete. The body of a chunked answer keeps its framing.
    private static (int Status, int Body, int Length)? TryRead(ReadOnlySpan<byte> answer)
    {
        var headers = answer.IndexOf("\r\n\r\n"u8);
        if (headers < 0 || !Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out int status, out _))
        {
            return null;
        }
        var body = headers + 4;
        var header = answer[..headers];
        var contentLength = header.IndexOf("Content-Length: "u8);
        if (contentLength >= 0)
        {
            _ = Utf8Parser.TryParse(header[(contentLength + "Content-Length: ".Length)..], out int length, out _);
            return answer.Length >= body + length ? (status, body, length) : null;
        }
        return header.IndexOf("Transfer-Encoding: chunked"u8) < 0 ? (status, body, 0)
            : answer.EndsWith("0\r\n\r\n"u8) ? (status, body, answer.Length - body)
            : null;
    }
}
