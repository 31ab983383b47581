using System.Runtime.InteropServices;
using System.Text;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// Standard output or standard error of the process, when it is not a terminal. .NET's own stream does not report that the reader has
/// gone. If the process was started with its output closed, .NET's stream writes into another file that received the same descriptor.
/// </summary>
internal sealed class StandardStream : Stream
{
    private const int OutputDescriptor = 1;
    private const int ErrorDescriptor = 2;

    // The numbers are the same on Linux and macOS.
    private const int Interrupted = 4;
    private const int NotOpen = 9;
    private const int BrokenPipe = 32;
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    private const short CanBeWritten = 4;
    private const int ForEver = -1;

    private static Func<Stream>? replaced;

    private readonly int descriptor;
    private readonly bool isClosed;

    private StandardStream(int descriptor)
    {
        this.descriptor = descriptor;
        isClosed = !IsOpen(descriptor);
    }

    /// <summary>Standard output as bytes.</summary>
    public static Stream Output() =>
        replaced?.Invoke() ?? (OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardStream(OutputDescriptor));

    /// <summary>Whether standard output is redirected to a file or a program.</summary>
    public static bool IsOutputRedirected => replaced is not null || Console.IsOutputRedirected;

    /// <summary>Whether standard error is redirected to a file or a program.</summary>
    public static bool IsErrorRedirected => replaced is not null || Console.IsErrorRedirected;

    /// <summary>Replaces the streams of the process, for a program that runs commands in its own process.</summary>
    public static void Replace(TextWriter output, TextWriter errors, Func<Stream> bytesOfOutput)
    {
        Console.SetOut(output);
        Console.SetError(errors);
        replaced = bytesOfOutput;
    }

    /// <summary>Makes <see cref="Console.Out"/> and <see cref="Console.Error"/> use these streams.</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        if (Console.IsOutputRedirected)
        {
            Console.SetOut(Writer(OutputDescriptor));
        }
        if (Console.IsErrorRedirected)
        {
            Console.SetError(Writer(ErrorDescriptor));
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="NobodyReadsException">The reader of the output has gone.</exception>
    /// <exception cref="IOException">The output is closed, or cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (isClosed)
        {
            Fail(new IOException("Standard output is closed."));
            return;
        }
        while (!buffer.IsEmpty)
        {
            var written = Write(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                // Another program that shares the output has set it to non-blocking mode.
                var output = new Polled { Descriptor = descriptor, Events = CanBeWritten };
                _ = Poll(ref output, 1, ForEver);
            }
            else if (error != Interrupted)
            {
                Fail(
                    error == BrokenPipe
                        ? new NobodyReadsException()
                        : new IOException($"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.")
                );
                return;
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StreamWriter Writer(int descriptor) =>
        new(new StandardStream(descriptor), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    // If standard error cannot be written, there is no other way to report, and the command continues.
    private void Fail(IOException error)
    {
        if (descriptor == OutputDescriptor)
        {
            throw error;
        }
    }

    // If the descriptor was closed at the start, the next opened file receives it: one end of a pipe that the runtime uses internally.
    private static bool IsOpen(int descriptor) =>
        IsWritable(descriptor) && !Enumerable.Range(0, descriptor).Any(lower => !IsWritable(lower) && IsSamePipe(lower, descriptor));

    private static bool IsWritable(int descriptor)
    {
        byte nothing = 0;
        return Write(descriptor, ref nothing, 0) >= 0 || Marshal.GetLastPInvokeError() != NotOpen;
    }

    private static bool IsSamePipe(int first, int second) =>
        Target(first) is { } pipe && pipe.Contains("pipe:", StringComparison.Ordinal) && pipe == Target(second);

    private static string? Target(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref Polled descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}

/// <summary>The reader of standard output has ended, as <c>head</c> does when it has enough lines.</summary>
internal sealed class NobodyReadsException() : IOException("Nobody reads standard output.");
