using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Start;

/// <summary>The time from the start of a process to its first successful answer.</summary>
internal sealed record StartFigures(double Milliseconds, double CpuMilliseconds, double PeakMegabytes);

/// <summary>A program that is started, asked until it answers, and ended.</summary>
/// <param name="arguments">Made anew each time, of the address to listen on.</param>
/// <param name="isRight">Whether the body is what was waited for.</param>
internal sealed class ColdStart(
    string executable,
    Func<string, IReadOnlyList<string>> arguments,
    string path,
    Func<ReadOnlyMemory<byte>, bool> isRight
)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    public async Task<StartFigures> Measure()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(executable, arguments(address.ToString())) { RedirectStandardOutput = true };
        var started = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            while (!await Answers(address))
            {
                if (process.HasExited || TimeProvider.System.GetElapsedTime(started) > TimeLimit)
                {
                    throw new InvalidOperationException($"{executable} did not answer; its standard error says why.");
                }
                await Task.Delay(1);
            }
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            process.Refresh();
            return new StartFigures(
                elapsed.TotalMilliseconds,
                process.TotalProcessorTime.TotalMilliseconds,
                process.PeakWorkingSet64 / 1e6
            );
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private async Task<bool> Answers(Uri address)
    {
        try
        {
            using var connection = await HttpConnection.Open(address);
            var (status, body) = await connection.Send(HttpConnection.Get(path));
            return status == (int)HttpStatusCode.OK && isRight(body);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false; // It does not listen yet.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
