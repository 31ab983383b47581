using Microsoft.Data.Sqlite;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary>Measures both modules in all situations, one after the other.</summary>
internal sealed class Comparison(
    ComparedShop shop,
    ComparedData data,
    int rate,
    TimeSpan time,
    IReadOnlyDictionary<string, long> emptyFiles
)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly string[] Modules = [ComparedShop.WithCopy, ComparedShop.WithRequests];

    /// <summary>Starts a shop with data, measures, and ends it.</summary>
    /// <exception cref="CommandFailedException">The shop does not start or refuses the data.</exception>
    public static async Task<IReadOnlyList<ComparedRow>> Run(int rate, TimeSpan time, CancellationToken ct)
    {
        await using var shop = new ComparedShop();
        Terminal.Message("Starting five processes, and loading data.");
        await shop.Start(ct);
        var emptyFiles = Modules.ToDictionary(module => module, module => Size(shop.FileOf(module)));
        var data = await ComparedData.Load(shop, ct);
        return await new Comparison(shop, data, rate, time, emptyFiles).Measure(ct);
    }

    private async Task<IReadOnlyList<ComparedRow>> Measure(CancellationToken ct)
    {
        foreach (var module in Modules)
        {
            Terminal.Message($"Warming up: {module}");
            await new ComparedLoad(shop, data, module, rate, time < WarmUp ? time : WarmUp).Run(takesOrders: true, ct);
        }
        var rows = new List<ComparedRow>();
        foreach (var (index, situation) in Situation.All.Index())
        {
            await situation.Begin(shop);
            foreach (var module in Modules)
            {
                Terminal.Message($"{index + 1} of {Situation.All.Count}: {situation.Name}, {module}");
                rows.Add(await Measure(situation, module, ct));
            }
            await situation.End(shop, data, ct);
        }
        return rows;
    }

    private async Task<ComparedRow> Measure(Situation situation, string module, CancellationToken ct)
    {
        var before = Requests(module);
        var result = await new ComparedLoad(shop, data, module, rate, time).Run(situation.TakesOrders, ct);
        var copied = Size(shop.FileOf(module)) - emptyFiles[module];
        return ComparedRow.Of(situation.Name, module, result, Requests(module) - before, copied);
    }

    // The feed works for the module with the copy only, and goes on while the other one is measured.
    private long Requests(string module) =>
        shop.Proxies.Sum(proxy => proxy.Requests + (module == ComparedShop.WithCopy ? proxy.FeedRequests : 0));

    // As SQLite counts it, with what is still in the write-ahead log.
    private static long Size(string file)
    {
        var source = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        using var connection = new SqliteConnection(source.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        return (long)command.ExecuteScalar()!;
    }
}
