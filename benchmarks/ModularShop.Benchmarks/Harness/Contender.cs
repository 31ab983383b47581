using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ModularShop.Benchmarks.Harness;

/// <summary>
/// What is measured, in a process of its own, so that its CPU time, allocations and memory are nobody else's. It is this
/// program again, in one of the roles of <see cref="Roles"/>.
/// </summary>
internal sealed class Contender : IAsyncDisposable
{
    /// <summary>The first argument of a process that plays a role.</summary>
    public const string Verb = "contender";

    private const string ReadyLine = "READY ";
    private const string UseLine = "USE ";
    private const int SigTerm = 15;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly Process process;

    private Contender(Process process) => this.process = process;

    /// <summary>What it said when it was ready, such as its address.</summary>
    public string Ready { get; private set; } = "";

    public int ProcessId => process.Id;

    /// <summary>Starts a role and returns once it is ready.</summary>
    public static Task<Contender> Start(string role, params IReadOnlyList<string> arguments) =>
        Start(role, new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="Start(string, IReadOnlyList{string})"/>
    public static async Task<Contender> Start(string role, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Verb, role, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        var contender = new Contender(Process.Start(start)!);
        try
        {
            contender.Ready = await contender.Line(ReadyLine);
            return contender;
        }
        catch
        {
            await contender.DisposeAsync();
            throw;
        }
    }

    public async Task<ResourceUse> Use()
    {
        await process.StandardInput.WriteLineAsync("use");
        await process.StandardInput.FlushAsync();
        return ResourceUse.Of(process, long.Parse(await Line(UseLine), CultureInfo.InvariantCulture));
    }

    /// <summary>Asks it to do something that its role knows, and returns its answer.</summary>
    /// <param name="within">How long that may take, where it may take longer than usual.</param>
    public async Task<string> Ask(string question, TimeSpan? within = null)
    {
        await process.StandardInput.WriteLineAsync(question);
        await process.StandardInput.FlushAsync();
        return await Line($"{question.Split(' ')[0].ToUpperInvariant()} ", within);
    }

    /// <summary>Kills it, as a power failure would.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task Stop()
    {
        _ = SendSignal(process.Id, SigTerm);
        using var timeout = new CancellationTokenSource(TimeLimit);
        await process.WaitForExitAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await Kill();
        }
        process.Dispose();
    }

    /// <summary>In the contender: says that it is ready, then answers questions until its input ends.</summary>
    public static Task Serve(string ready, Func<string, Task<string>>? answer = null) =>
        // Reading the console blocks a thread, which must not be one of the measured process's pool.
        Task.Factory.StartNew(() => Answer(ready, answer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Answer(string ready, Func<string, Task<string>>? answer)
    {
        Console.WriteLine(ReadyLine + ready);
        while (Console.ReadLine() is { } question)
        {
            Console.WriteLine(
                question == "use"
                    ? $"{UseLine}{GC.GetTotalAllocatedBytes()}"
                    : $"{question.Split(' ')[0].ToUpperInvariant()} {answer!(question).GetAwaiter().GetResult()}"
            );
        }
    }

    private async Task<string> Line(string label, TimeSpan? within = null)
    {
        using var timeout = new CancellationTokenSource(within ?? TimeLimit);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.StartsWith(label, StringComparison.Ordinal))
            {
                return line[label.Length..];
            }
        }
        throw new InvalidOperationException($"The contender ended with {process.ExitCode}; its standard error says why.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);
}
