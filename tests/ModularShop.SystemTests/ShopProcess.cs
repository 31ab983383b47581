using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace ModularShop.SystemTests;

/// <summary>The built <c>modularshop</c> as a separate process. It ends with the test, by SIGKILL if it has not ended before.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly ServerLog errors = new();
    private readonly string? ownedDirectory;
    private TestClient? http;

    private ShopProcess(Process process, string? ownedDirectory)
    {
        this.process = process;
        this.ownedDirectory = ownedDirectory;
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => AppendError(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The client for the running shop. Available when it is ready.</summary>
    public TestClient Http => http ?? throw new InvalidOperationException("This process is no running shop.");

    public string Url => Http.Address.ToString().TrimEnd('/');

    /// <summary>Standard output so far.</summary>
    public string Output => Read(output);

    /// <summary>Standard error so far.</summary>
    public string Errors => errors.ToString();

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    /// <summary>Starts a command without waiting.</summary>
    public static ShopProcess Start(params string[] arguments) => Start(arguments, workingDirectory: null);

    /// <param name="environment">Environment variables in addition to those of the test.</param>
    /// <param name="executable">Another executable than the built one.</param>
    public static ShopProcess Start(
        IReadOnlyList<string> arguments,
        string? workingDirectory,
        IReadOnlyDictionary<string, string>? environment = null,
        string? ownedDirectory = null,
        IReadOnlyList<string>? launcher = null,
        string? executable = null
    )
    {
        IReadOnlyList<string> command = [.. launcher ?? [], executable ?? Executable, .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        if (!Soak.IsOn)
        {
            // The process lives for seconds, so nothing is compiled a second time before it is 20 s old (in hexadecimal): that would be a
            // third of its work.
            start.Environment["DOTNET_TC_CallCountingDelayMs"] = "4E20";
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        return new ShopProcess(new Process { StartInfo = start }, ownedDirectory);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> Execute(params string[] arguments) => Execute(arguments, workingDirectory: null);

    public static async Task<CommandResult> Execute(
        IReadOnlyList<string> arguments,
        string? workingDirectory,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        await using var command = Start(arguments, workingDirectory, environment);
        var exitCode = await command.Exited();
        return new CommandResult(exitCode, command.Output, command.Errors);
    }

    /// <summary>Runs a shop on a new directory, which is deleted with it. Returns when it answers.</summary>
    public static Task<ShopProcess> Run() => Run(directory: null);

    /// <summary>Runs a shop on a free port. Returns when it answers.</summary>
    /// <param name="directory">Its data directory, which is kept; null for a new one that is deleted at the end.</param>
    /// <param name="arguments">More arguments of <c>run</c>.</param>
    public static Task<ShopProcess> Run(string? directory, params string[] arguments) => RunBy([], directory, arguments);

    /// <summary>Runs a shop through a command that executes it, such as <c>prlimit</c>.</summary>
    public static async Task<ShopProcess> RunBy(
        IReadOnlyList<string> launcher,
        string? directory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var data = directory ?? TestApplication.NewDirectory();
        var shop = Start(
            ["run", "--data", data, "--urls", "http://127.0.0.1:0", .. arguments],
            workingDirectory: null,
            environment,
            ownedDirectory: directory is null ? data : null,
            launcher
        );
        try
        {
            return await shop.BecomesReady()
                ? shop
                : throw new InvalidOperationException($"The shop ended with {shop.process.ExitCode}.\n{shop.Output}\n{shop.Errors}");
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the process, as a power failure would.</summary>
    public async Task Kill()
    {
        process.Kill(entireProcessTree: true);
        await Exited();
    }

    /// <summary>Kills the process after a time; false when it ended by itself before.</summary>
    public async Task<bool> KillAfter(TimeSpan time)
    {
        using var alarm = new CancellationTokenSource(time);
        try
        {
            await process.WaitForExitAsync(alarm.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            await Kill();
            return true;
        }
    }

    /// <summary>Asks the process to end, as a supervisor does; returns its exit code.</summary>
    public async Task<int> Terminate()
    {
        Assert.That(SendSignal(process.Id, SigTerm), Is.Zero, "SIGTERM was not sent.");
        return await Exited();
    }

    /// <summary>Stops the process where it is. Its connections stay open, and it answers nothing until it goes on.</summary>
    public async Task Pause()
    {
        Assert.That(SendSignal(process.Id, SigStop), Is.Zero, "SIGSTOP was not sent.");
        await Eventually.True(() => File.ReadAllText($"/proc/{process.Id}/stat").Contains(") T ", StringComparison.Ordinal));
    }

    public void GoOn() => Assert.That(SendSignal(process.Id, SigCont), Is.Zero, "SIGCONT was not sent.");

    /// <summary>Waits for the end of the process and of its output; returns its exit code.</summary>
    public async Task<int> Exited()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end within {Deadline}.\n{Output}\n{Errors}");
        }
        return process.ExitCode;
    }

    /// <summary>Waits until the shop answers; false when it ends before it does.</summary>
    public async Task<bool> BecomesReady()
    {
        var address = await Eventually.Get(() => Task.FromResult(Address()), found => found is not null || HasExited, Deadline);
        if (address is null)
        {
            return false;
        }
        http = new TestClient(address, errors);
        return await Eventually.Get(http.IsLive, live => live || HasExited, Deadline) && !HasExited;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await Kill();
        }
        http?.Dispose();
        process.Dispose();
        if (ownedDirectory is not null)
        {
            Directory.Delete(ownedDirectory, recursive: true);
        }
    }

    private Uri? Address()
    {
        const string label = "Shop ";
        var line = Output.Split('\n').FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        return line is null ? null : new Uri(line[label.Length..].Trim());
    }

    private void AppendError(string? line)
    {
        if (line is not null)
        {
            errors.Append(line);
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    /// <summary>The built executable.</summary>
    public static string Executable =>
        typeof(ShopProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Executable").Value!;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);
}

/// <summary>The exit code and output of a command.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);
