using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// Registers the logs of modules that run in other processes, as soon as and as long as these processes answer. Subscribers then read
/// them like logs of this process.
/// </summary>
internal sealed partial class RemoteLogs(
    IReadOnlyCollection<string> sources,
    Placement placement,
    Func<PlacedProcess, AskProcess> connect,
    ILogRegistry logs,
    BusOptions options,
    TimeProvider clock,
    ILogger<RemoteLogs> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Run(stoppingToken);

    public Task Run(CancellationToken ct) => Task.WhenAll(sources.Select(source => Follow(source, ct)));

    private async Task Follow(string source, CancellationToken ct)
    {
        string? told = null;
        var delay = options.FirstRetryDelay;
        while (!ct.IsCancellationRequested)
        {
            var changed = placement.Changed;
            if (placement.Of(source) is not Place.At(var process))
            {
                await changed.WaitAsync(ct);
                continue;
            }
            try
            {
                var log = await RemoteLog.Open(source, connect(process), options, clock, ct);
                LogFollows(source, process);
                (told, delay) = (null, options.FirstRetryDelay);
                await Serve(log, process, ct);
            }
            catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException or FormatException)
            {
                if (e.Message != told)
                {
                    LogUnreachable(source, told = e.Message);
                }
                await Task.WhenAny(changed, Task.Delay(delay, clock, ct));
                delay = changed.IsCompleted ? options.FirstRetryDelay : Min(delay * 2, options.RetryDelay);
            }
        }
    }

    private async Task Serve(RemoteLog log, PlacedProcess process, CancellationToken ct)
    {
        logs.Register(log);
        try
        {
            while (!log.Closed.IsCompleted)
            {
                var changed = placement.Changed;
                if (placement.Of(log.Source) is not Place.At(var now) || now.Address != process.Address)
                {
                    log.Close($"'{log.Source}' runs elsewhere now.");
                    break;
                }
                await Task.WhenAny(log.Closed, changed).WaitAsync(ct);
            }
            LogLost(log.Source, await log.Closed);
        }
        finally
        {
            log.Close("The process ends.");
            logs.Unregister(log);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(LogLevel.Information, "The log of {Source} is read from process {Process}")]
    private partial void LogFollows(string source, PlacedProcess process);

    [LoggerMessage(LogLevel.Warning, "The log of {Source} cannot be read: {Reason}")]
    private partial void LogUnreachable(string source, string reason);

    [LoggerMessage(LogLevel.Warning, "The log of {Source} is closed: {Reason}")]
    private partial void LogLost(string source, string reason);
}
