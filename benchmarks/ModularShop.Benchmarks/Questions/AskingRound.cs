using System.Net.Http.Json;
using System.Text.Json;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Questions;

/// <summary>What so many clients saw, and what a question took of all processes together.</summary>
internal sealed record AskingFigures(LoadResult Load, ResourceUse Use)
{
    public double P50 { get; } = Load.P50;

    public double P99 { get; } = Load.P99;

    public double PerSecond => Load.PerSecond;

    public double CpuMicroseconds => Use.Cpu.TotalMicroseconds / Load.Count;

    public double AllocatedKilobytes => Use.Allocated / 1e3 / Load.Count;
}

/// <param name="ByClients">For each of <see cref="AskingRound.Clients"/>.</param>
/// <param name="PeakMegabytes">The peaks of all processes, added up.</param>
/// <param name="Available">The share of questions that were answered while the products' own process or module was not there.</param>
internal sealed record RoundFigures(IReadOnlyList<AskingFigures> ByClients, double PeakMegabytes, double Available);

/// <summary>Asks what customers bought.</summary>
internal sealed class AskingRound(FilledShop filled, IReadOnlyList<Guid> customers)
{
    public static readonly IReadOnlyList<int> Clients = [1, 32];
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    /// <summary>How many questions are asked while the products are not there.</summary>
    public const int AskedWithoutProducts = 1_000;

    private readonly byte[][] questions = [.. customers.Select(customer => HttpConnection.Get(HistoryAggregator.Path(customer)))];
    private int next;

    public async Task<RoundFigures> Ours()
    {
        var (figures, peak) = await Ask(() => Respondent.Shop(filled));
        await using var withoutCatalog = await Respondent.Shop(filled, "Customers,Orders,PurchaseHistory");
        return new RoundFigures(figures, peak, await ShareAnswered(withoutCatalog.Address));
    }

    public async Task<RoundFigures> Services()
    {
        var (figures, peak) = await Ask(() => Respondent.Services(filled));
        await using var services = await Respondent.Services(filled);
        await services.ProductNames!.Kill();
        return new RoundFigures(figures, peak, await ShareAnswered(services.Address));
    }

    /// <summary>That both give the same answers: else one would be measured at another question.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public async Task Compare(int times)
    {
        await using var ours = await Respondent.Shop(filled);
        await using var services = await Respondent.Services(filled);
        using var http = new HttpClient();
        foreach (var path in customers.Take(times).Select(HistoryAggregator.Path))
        {
            var mine = await Items(http, new Uri(ours.Address, path));
            var theirs = await Items(http, new Uri(services.Address, path));
            if (mine.GetArrayLength() == 0 || !JsonElement.DeepEquals(mine, theirs))
            {
                throw new InvalidOperationException($"Two answers to {path}:\n{mine}\n{theirs}");
            }
        }
    }

    private async Task<(IReadOnlyList<AskingFigures> Figures, double PeakMegabytes)> Ask(Func<Task<Respondent>> start)
    {
        await using var respondent = await start();
        var figures = new List<AskingFigures>();
        foreach (var clients in Clients)
        {
            await Load.For(WarmUp, respondent.Address, clients, Next);
            var before = await respondent.Use();
            var load = await Load.For(Measured, respondent.Address, clients, Next);
            figures.Add(new AskingFigures(load, (await respondent.Use()).Since(before)));
        }
        return (figures, (await respondent.Use()).PeakMemory / 1e6);
    }

    private async Task<double> ShareAnswered(Uri address)
    {
        using var connection = await HttpConnection.Open(address);
        var answered = 0;
        for (var i = 0; i < AskedWithoutProducts; i++)
        {
            var (status, _) = await connection.Send(questions[i % questions.Length]);
            answered += status == 200 ? 1 : 0;
        }
        return answered / (double)AskedWithoutProducts;
    }

    private byte[] Next(int client) => questions[(uint)Interlocked.Increment(ref next) % (uint)questions.Length];

    private static async Task<JsonElement> Items(HttpClient http, Uri question) =>
        (await http.GetFromJsonAsync<JsonElement>(question)).GetProperty("items");
}
