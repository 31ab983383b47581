using Microsoft.Extensions.Logging;

namespace ModularShop.Benchmarks.Bus;

/// <summary>Nothing is logged unless it goes wrong, and then where people see it.</summary>
internal static class BusLogging
{
    public static void ErrorsOnly(this ILoggingBuilder logging) =>
        logging
            .ClearProviders()
            .SetMinimumLevel(LogLevel.Error)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
