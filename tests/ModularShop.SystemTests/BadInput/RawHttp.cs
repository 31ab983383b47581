using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ModularShop.SystemTests.BadInput;

internal enum Framing
{
    None,
    Length,
    Chunked,
}

/// <summary>A request as it is sent over the wire, valid or not. In target and headers, each character is one byte.</summary>
internal sealed record RawRequest(string Name, string Method, string Target)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    public Framing Framing { get; init; } = Framing.None;

    /// <summary>The web server refuses it before the shop's code runs, so there are no problem details.</summary>
    public bool MayBeRefusedByServer { get; init; }

    public bool IsChange => Method is not ("GET" or "HEAD" or "OPTIONS" or "TRACE");

    public byte[] Head(string host)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }
        head.Append(
            Framing switch
            {
                Framing.Length => $"Content-Length: {Body.Length}\r\n",
                Framing.Chunked => "Transfer-Encoding: chunked\r\n",
                _ => "",
            }
        );
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    public override string ToString()
    {
        var head = Encoding.Latin1.GetString(Head("host")).TrimEnd();
        return $"--- {Name}\n{Shorten(head)}\n\n{Shorten(Encoding.UTF8.GetString(Body))}";
    }

    private static string Shorten(string text) =>
        text.Length <= 1000 ? text : $"{text[..700]} ... {text.Length} characters in all ... {text[^100..]}";
}

/// <summary>The answer, read to its end; of an endless stream, its beginning.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, string Text)
{
    public string ContentType => Headers.GetValueOrDefault("content-type", "");

    public override string ToString() => $"--- was answered\n{(Text.Length <= 3000 ? Text : Text[..3000] + " ...")}";
}

/// <summary>Sends over a socket what no HTTP library would send, with one connection for each request.</summary>
internal static class RawHttp
{
    private const int Chunk = 64 * 1024;
    private const int MaxHead = 4 * 1024;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <exception cref="InvalidDataException">There was no answer, or it was not HTTP.</exception>
    public static async Task<RawAnswer> Send(Uri address, RawRequest request)
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        await using var stream = client.GetStream();
        // Writing and reading run at the same time: an early refusal arrives while the request is still being sent.
        var writing = Write(stream, address.Authority, request, timeout.Token);
        try
        {
            return await Read(stream, timeout.Token);
        }
        finally
        {
            await timeout.CancelAsync();
            await writing;
        }
    }

    public static async Task<RawAnswer> Read(Stream stream, CancellationToken ct)
    {
        using var received = new MemoryStream();
        var buffer = new byte[Chunk];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            {
                received.Write(buffer, 0, read);
                if (IsStream(received))
                {
                    break;
                }
            }
        }
        catch (IOException) when (received.Length > 0)
        {
            // The server closed the connection. What it sent before that counts.
        }
        return Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    private static async Task Write(NetworkStream stream, string host, RawRequest request, CancellationToken ct)
    {
        try
        {
            await stream.WriteAsync(request.Head(host), ct);
            for (var at = 0; at < request.Body.Length; at += Chunk)
            {
                var part = request.Body.AsMemory(at, Math.Min(Chunk, request.Body.Length - at));
                if (request.Framing is Framing.Chunked)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), ct);
                }
                await stream.WriteAsync(part, ct);
                if (request.Framing is Framing.Chunked)
                {
                    await stream.WriteAsync("\r\n"u8.ToArray(), ct);
                }
            }
            if (request.Framing is Framing.Chunked)
            {
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), ct);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server has read enough and closed its side. Its answer is what counts.
        }
    }

    private static bool IsStream(MemoryStream received)
    {
        var begin = Encoding.ASCII.GetString(received.GetBuffer(), 0, (int)Math.Min(received.Length, MaxHead));
        return begin.Split("\r\n\r\n", 2) is [var head, _] && head.Contains("application/x-ndjson", StringComparison.Ordinal);
    }

    private static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || !text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"This is no answer: '{text}'");
        }
        var lines = text[..end].Split("\r\n");
        var headers = lines
            .Skip(1)
            .Select(line => line.Split(": ", 2))
            .GroupBy(header => header[0].ToLowerInvariant())
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Select(h => h[^1])));
        var body = text[(end + 4)..];
        if (headers.GetValueOrDefault("transfer-encoding") == "chunked")
        {
            body = string.Concat(body.Split("\r\n").Where((_, i) => i % 2 == 1));
        }
        return new RawAnswer(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), headers, body, text);
    }
}
