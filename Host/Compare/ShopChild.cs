using System.Diagnostics;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary>A process of this program, started by a command and ended with it.</summary>
internal sealed class ShopChild : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Process process;
    private volatile string? lastError;

    private ShopChild(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => lastError = line.Data ?? lastError;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <param name="directory">The working directory, so that no appsettings.json of another shop is read.</param>
    public static ShopChild Start(string directory, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var program = Environment.ProcessPath!;
        // Started by `dotnet modularshop.dll`, the process is dotnet, and the program its first argument.
        IEnumerable<string> prefix = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(program, [.. prefix, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return new ShopChild(start);
    }

    /// <summary>The processor time that the process has used.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The memory that the process uses.</summary>
    public long MemoryBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Waits until the process answers that its modules run.</summary>
    /// <exception cref="CommandFailedException">It ends, or does not answer in time.</exception>
    public async Task BecomeReady(string name, HttpClient http, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReady(http, ct))
        {
            if (process.HasExited)
            {
                throw new CommandFailedException($"The process of {name} ended at its start: {lastError ?? "it said nothing."}");
            }
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                throw new CommandFailedException($"The process of {name} was not ready within {StartLimit.TotalSeconds:0} s.");
            }
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>Kills the process, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<bool> IsReady(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready?here", UriKind.Relative), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
