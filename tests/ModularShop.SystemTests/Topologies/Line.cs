using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ModularShop.SystemTests.Topologies;

/// <summary>
/// All connections to one process, through a proxy on the loopback address that can delay them, hold them up, and cut them in the middle
/// of an answer.
/// </summary>
internal sealed class Line : IAsyncDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly Uri target;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task accepting;
    private volatile TaskCompletionSource? held;
    private volatile Limit? limit;
    private bool isBroken;
    private long delay;
    private int cuts;

    /// <param name="target">The address that the process listens on.</param>
    public Line(Uri target)
    {
        this.target = target;
        listener.Start();
        accepting = Accept();
    }

    public string Address => $"http://{listener.LocalEndpoint}";

    /// <summary>The number of answers that were cut off.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>How much later everything arrives, in each direction.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref delay));
        set => Interlocked.Exchange(ref delay, value.Ticks);
    }

    /// <summary>Whether connections are reset as soon as they are made.</summary>
    public bool IsBroken
    {
        get => Volatile.Read(ref isBroken);
        set => Volatile.Write(ref isBroken, value);
    }

    /// <summary>From now on nothing arrives, though connections are accepted and stay open.</summary>
    public void Hold() => held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets through what was held up, and everything from now on.</summary>
    public void Release()
    {
        var was = held;
        held = null;
        was?.TrySetResult();
    }

    /// <summary>From now on, each connection is cut after this number of bytes of answers.</summary>
    public void CutAfter(int bytes) => limit = new Limit(bytes);

    public void CutNoMore() => limit = null;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        Release();
        listener.Dispose();
        await accepting;
        ending.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(Connect(await listener.AcceptSocketAsync(ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Connect(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        // Closing is seen at once by both sides, as if the connection was lost.
        near.LingerState = far.LingerState = new LingerOption(enable: true, seconds: 0);
        using (near)
        {
            if (IsBroken)
            {
                return;
            }
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            try
            {
                await far.ConnectAsync(target.Host, target.Port, closing.Token);
                await await Task.WhenAny(Pass(near, far, isAnswer: false, closing.Token), Pass(far, near, isAnswer: true, closing.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // One side has closed the connection. The other side is told by the end of this method.
            }
            await closing.CancelAsync();
        }
    }

    private async Task Pass(Socket from, Socket to, bool isAnswer, CancellationToken ct)
    {
        var parts = Channel.CreateBounded<(byte[] Bytes, long Received)>(64);
        var receiving = Receive(from, parts.Writer, ct);
        Limit? counted = null;
        var passed = 0;
        await foreach (var (bytes, received) in parts.Reader.ReadAllAsync(ct))
        {
            if (Delay - Stopwatch.GetElapsedTime(received) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, ct);
            }
            while (held is { } waiting)
            {
                await waiting.Task.WaitAsync(ct);
            }
            if (isAnswer && limit is { } current)
            {
                passed = current == counted ? passed : 0;
                counted = current;
                if (bytes.Length > current.Bytes - passed)
                {
                    await to.SendAsync(bytes.AsMemory(0, current.Bytes - passed), ct);
                    Interlocked.Increment(ref cuts);
                    return;
                }
                passed += bytes.Length;
            }
            await to.SendAsync(bytes, ct);
        }
        await receiving;
    }

    private static async Task Receive(Socket from, ChannelWriter<(byte[], long)> parts, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            var buffer = new byte[BufferSize];
            while (await from.ReceiveAsync(buffer, ct) is > 0 and var read)
            {
                await parts.WriteAsync((buffer[..read], Stopwatch.GetTimestamp()), ct);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            failure = e;
        }
        parts.Complete(failure);
    }

    /// <summary>A new object for each order to cut, so that each connection counts from then on.</summary>
    private sealed class Limit(int bytes)
    {
        public int Bytes => bytes;
    }
}
