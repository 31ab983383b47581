using Microsoft.Extensions.Logging;

namespace ModularShop.Benchmarks.Bus;

/// <summary>Logs only failures, to standard error.</summary>
internal static class BusLogging
{
    public static void ErrorsOnly(this ILoggingBuilder logging) =>
        logging
            .ClearProviders()
            .SetMinimumLevel(LogLevel.Error)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
