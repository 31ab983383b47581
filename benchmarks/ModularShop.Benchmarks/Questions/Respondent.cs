using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Questions;

/// <summary>All processes that it takes to answer the question, on files of their own.</summary>
internal sealed class Respondent : IAsyncDisposable
{
    private readonly string directory;
    private readonly List<Contender> processes = [];

    private Respondent(string directory) => this.directory = directory;

    /// <summary>Where the question is asked.</summary>
    public Uri Address => new(processes[^1].Ready);

    /// <summary>The shop, which answers from its read copy; all modules of it or some.</summary>
    public static Task<Respondent> Shop(FilledShop filled, string? modules = null) =>
        Start(
            filled,
            async (directory, respondent) =>
                await respondent.Add(
                    "shop",
                    [.. FilledShop.Arguments(directory), .. modules is null ? [] : (string[])["--modules", modules]]
                )
        );

    /// <summary>The services and who asks them.</summary>
    public static Task<Respondent> Services(FilledShop filled) =>
        Start(
            filled,
            async (directory, respondent) =>
            {
                var orders = await respondent.Add("orders-service", directory);
                var products = await respondent.Add("products-service", directory);
                var customers = await respondent.Add("customers-service", directory);
                await respondent.Add("history-aggregator", orders.Ready, products.Ready, customers.Ready);
                respondent.ProductNames = products;
            }
        );

    /// <summary>The process that names products, where it is one of its own.</summary>
    public Contender? ProductNames { get; private set; }

    /// <summary>What all of them have used together; of memory, the sum of their peaks.</summary>
    public async Task<ResourceUse> Use()
    {
        var sum = new ResourceUse(TimeSpan.Zero, 0, 0, 0);
        foreach (var process in processes)
        {
            var use = await process.Use();
            sum = new ResourceUse(
                sum.Cpu + use.Cpu,
                sum.Allocated + use.Allocated,
                sum.Written + use.Written,
                sum.PeakMemory + use.PeakMemory
            );
        }
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<Respondent> Start(FilledShop filled, Func<string, Respondent, Task> start)
    {
        var respondent = new Respondent(filled.Copy());
        try
        {
            await start(respondent.directory, respondent);
            return respondent;
        }
        catch
        {
            await respondent.DisposeAsync();
            throw;
        }
    }

    private async Task<Contender> Add(string role, params IReadOnlyList<string> arguments)
    {
        var process = await Contender.Start(role, arguments);
        processes.Add(process);
        return process;
    }
}
