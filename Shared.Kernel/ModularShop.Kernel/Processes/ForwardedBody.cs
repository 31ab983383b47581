using System.IO.Pipelines;
using System.Net;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// The body of a request that is passed on. YARP sends the headers of a request at once, and its body after them. Each of the two takes a
/// system call here and wakes the other process. So they are sent together, if the whole body has arrived before anything was sent.
/// </summary>
internal sealed class ForwardedBody : HttpContent
{
    private static readonly HttpRequestOptionsKey<PipeReader> Source = new("source");

    private readonly HttpContent body;
    private readonly PipeReader source;

    /// <param name="body">YARP's content, which copies the body.</param>
    /// <param name="source">Where the body arrives.</param>
    private ForwardedBody(HttpContent body, PipeReader source)
    {
        this.body = body;
        this.source = source;
        foreach (var (name, values) in body.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Says where the body of a request arrives.</summary>
    public static void Announce(HttpRequestMessage request, PipeReader source) => request.Options.Set(Source, source);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body.CopyToAsync(HasArrived() ? new WithoutFlush(stream) : stream, context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false; // The header says it, if the client did.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool HasArrived()
    {
        if (!source.TryRead(out var arrived))
        {
            return false;
        }
        var isWhole = arrived.IsCompleted || arrived.Buffer.Length >= Headers.ContentLength;
        source.AdvanceTo(arrived.Buffer.Start); // Nothing is taken from it.
        return isWhole;
    }

    /// <summary>YARP refuses other content than its own, so the content is replaced on its way to the HTTP client.</summary>
    public sealed class Handler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is { } body && request.Options.TryGetValue(Source, out var source))
            {
                request.Content = new ForwardedBody(body, source);
            }
            return base.SendAsync(request, cancellationToken);
        }
    }

    // At the end of the content, the HTTP client sends what was written.
    private sealed class WithoutFlush(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
