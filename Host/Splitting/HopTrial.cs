using System.Diagnostics;
using System.Text.Json;
using ModularShop.Host.CommandLine;
using ModularShop.Host.Compare;

namespace ModularShop.Host.Splitting;

/// <summary>
/// Measures what it costs when a process passes a request on to another one. A new process of this program, which hosts no module, passes
/// requests on to a web server in the process of the command. The shop that is reported on takes no part.
/// </summary>
internal static class HopTrial
{
    private const string Passer = "passer";

    // The process lives for seconds. The profiling for later compilation would be most of its work.
    private static readonly Dictionary<string, string> NoProfiling = new() { ["DOTNET_TieredPGO"] = "0" };

    // Until then, the new process is still compiling its code.
    private const int WarmUpRequests = 1500;
    private const int Rounds = 2;

    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(0.5);

    /// <exception cref="CommandFailedException">The new process does not start.</exception>
    public static async Task<HopCost> Measure(CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("modularshop-split-").FullName;
        try
        {
            await using var target = await Target(ct);
            var (direct, passed) = (new Uri(target.Urls.First()), new Uri($"http://127.0.0.1:{ComparedShop.FreePorts(1)[0]}"));
            var topology = Path.Combine(directory, "topology.json");
            await File.WriteAllTextAsync(topology, JsonSerializer.Serialize(Topology(direct, passed)), ct);
            await using var child = ShopChild.Start(directory, ["run", "--topology", topology, "--as", Passer], NoProfiling);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
            {
                BaseAddress = passed,
            };
            await child.BecomeReady("the measurement", http, ct);
            return await Measure(child, http, direct, ct);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<HopCost> Measure(ShopChild child, HttpClient http, Uri direct, CancellationToken ct)
    {
        var memory = child.MemoryBytes;
        var path = $"/{ShopModules.Descriptors[0].Name}/";
        var (shorter, longer) = (new Uri(direct, path), new Uri(http.BaseAddress!, path));
        await Ask(http, shorter, longer, WarmUpRequests, WarmUpLimit, ct);
        HopCost? lowest = null;
        for (var round = 0; round < Rounds; round++)
        {
            var cpu = child.CpuTime;
            var (times, passedTimes) = await Ask(http, shorter, longer, int.MaxValue, Time, ct);
            var cost = new HopCost(
                memory,
                Math.Round(Median(times).TotalMicroseconds),
                Math.Round(Median(passedTimes).TotalMicroseconds),
                Math.Round((child.CpuTime - cpu).TotalMicroseconds / passedTimes.Count)
            );
            lowest = lowest is null || cost.CpuMicroseconds < lowest.CpuMicroseconds ? cost : lowest;
        }
        return lowest!;
    }

    // One after the other, so that a busy moment of the machine affects both alike.
    private static async Task<(List<TimeSpan> Direct, List<TimeSpan> Passed)> Ask(
        HttpClient http,
        Uri direct,
        Uri passed,
        int requests,
        TimeSpan time,
        CancellationToken ct
    )
    {
        var (times, passedTimes) = (new List<TimeSpan>(), new List<TimeSpan>());
        var begun = Stopwatch.GetTimestamp();
        while (passedTimes.Count == 0 || (passedTimes.Count < requests && Stopwatch.GetElapsedTime(begun) < time))
        {
            times.Add(await Ask(http, direct, ct));
            passedTimes.Add(await Ask(http, passed, ct));
        }
        return (times, passedTimes);
    }

    private static async Task<TimeSpan> Ask(HttpClient http, Uri address, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(address, ct);
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(begun);
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    // The new process also asks for the logs of the modules, now and then. They are not here.
    private static async Task<WebApplication> Target(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(http =>
        {
            if (http.Request.Path.StartsWithSegments("/bus"))
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }
            return http.Response.WriteAsync("{}", http.RequestAborted);
        });
        await app.StartAsync(ct);
        return app;
    }

    private static object Topology(Uri target, Uri passer) =>
        new
        {
            version = 1,
            processes = new Dictionary<string, object>
            {
                [Passer] = new
                {
                    address = passer.ToString(),
                    data = "data",
                    modules = Array.Empty<string>(),
                },
                ["target"] = new { address = target.ToString(), modules = ShopModules.Descriptors.Select(module => module.Name) },
            },
        };
}

/// <summary>What it costs when a process passes a request on to another one.</summary>
/// <param name="ProcessBytes">The memory of a process of this program without a module, before its first request.</param>
/// <param name="DirectMicroseconds">The median time until the answer without that process.</param>
/// <param name="PassedMicroseconds">The same through that process.</param>
/// <param name="CpuMicroseconds">The processor time that the process uses for a request.</param>
internal sealed record HopCost(long ProcessBytes, double DirectMicroseconds, double PassedMicroseconds, double CpuMicroseconds)
{
    public double ExtraMicroseconds => Math.Max(0, PassedMicroseconds - DirectMicroseconds);
}
