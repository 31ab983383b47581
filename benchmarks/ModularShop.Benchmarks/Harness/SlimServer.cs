using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ModularShop.Benchmarks.Harness;

/// <summary>A role that is a minimal API on a free port.</summary>
internal static class SlimServer
{
    public static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Standard output is used for the communication with the benchmark.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>Serves until it is asked to end, or whoever asked for it has ended.</summary>
    public static async Task Serve(WebApplication app, Func<string, Task<string>>? answer = null)
    {
        await app.StartAsync();
        await Task.WhenAny(app.WaitForShutdownAsync(), Contender.Serve(app.Urls.First(), answer));
    }
}
