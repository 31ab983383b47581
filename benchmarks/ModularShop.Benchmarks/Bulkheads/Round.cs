using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>The figures of the healthy modules in one round, and the memory of the process.</summary>
internal sealed record Figures(
    double Commands,
    double CommandP50,
    double CommandP99,
    double Events,
    double EventP99,
    double PeakHeap,
    double PeakResident
);

/// <summary>One publisher, two healthy subscribers and a failing one in one process, on new files, under load for some time.</summary>
internal sealed class Round(Fault fault)
{
    public const int Clients = 4;
    public const int ClientsOfIll = 40;
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);
    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(2.8);

    private static readonly string Text = new('x', 300);
    private static readonly string[] Healthy = ["shelf", "ledger"];

    private readonly ConcurrentBag<double> milliseconds = [];
    private volatile bool measuring;

    public async Task<Figures> Run()
    {
        var watches = new Stopwatches("sales", Healthy);
        var sales = Sales();
        var healthy = Fault.All[0]();
        Module[] modules =
        [
            sales,
            .. Healthy.Select(name => new SubscriberModule(name, healthy, watches)),
            new SubscriberModule("ill", fault, watches),
        ];
        var directory = TestApplication.NewDirectory();
        try
        {
            await using var app = Create(modules, directory, watches);
            await app.Start();
            try
            {
                return await Load(app.Address, watches);
            }
            finally
            {
                fault.End();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<Figures> Load(Uri address, Stopwatches watches)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var over = new CancellationTokenSource();
        var paths = (string[])["/sales/v1/sales", .. Healthy.Select(name => $"/{name}/v1/notes")];
        Task[] clients =
        [
            .. paths.SelectMany(path => Enumerable.Range(0, Clients).Select(_ => Command(http, path, over.Token))),
            .. Enumerable.Range(0, ClientsOfIll).Select(client => TroubleIll(http, client, over.Token)),
        ];
        await Task.Delay(WarmUp);
        GC.Collect();
        (measuring, var (heap, resident)) = (true, (0L, 0L));
        watches.Begin();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Measured)
        {
            (heap, resident) = (Math.Max(heap, GC.GetTotalMemory(forceFullCollection: false)), Math.Max(resident, Environment.WorkingSet));
            await Task.Delay(20);
        }
        var events = watches.End();
        measuring = false;
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        await over.CancelAsync();
        await Task.WhenAll(clients);
        return new Figures(
            milliseconds.Count / seconds,
            Sample.Percentile(milliseconds, 50),
            Sample.Percentile(milliseconds, 99),
            events.Count / seconds,
            Sample.Percentile(events, 99),
            heap / 1e6,
            resident / 1e6
        );
    }

    // One command after the other, each of which must succeed.
    private async Task Command(HttpClient http, string path, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var answer = await http.PostAsJsonAsync(path, new { text = Text }, CancellationToken.None);
            answer.EnsureSuccessStatusCode();
            if (measuring)
            {
                milliseconds.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
        }
    }

    // Commands and queries in turn, with a pause: without a fault, this module must not take the cores from the others.
    private static async Task TroubleIll(HttpClient http, int client, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                using var answer =
                    client % 2 == 0
                        ? await http.PostAsJsonAsync("/ill/v1/notes", new { text = Text }, over)
                        : await http.GetAsync("/ill/v1/notes", over);
                await Task.Delay(100, over);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static StandInModule Sales()
    {
        StandInModule? sales = null;
        sales = new StandInModule(
            "sales",
            routes => routes.MapPost("/v1/sales", (Sale body) => sales!.Publish(new Sold(Guid.CreateVersion7(), body.Text)))
        );
        return sales;
    }

    private static ModularApplication Create(IReadOnlyList<Module> modules, string directory, Stopwatches watches) =>
        ModularApplication.Create(
            new ModularApplicationOptions
            {
                Modules = [.. modules.Select(module => ModuleSource.Of(() => module))],
                DataDirectory = directory,
                FaultHook = watches.Reach,
                ConfigureBuilder = builder =>
                {
                    builder.Configuration.AddInMemoryCollection([new("Kernel:Http:DrainTimeout", "00:00:02")]);
                    builder.Logging.ClearProviders();
                },
            }
        );

    private sealed record Sale(string Text);
}
