using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;
using ModularShop.Host.Import;

namespace ModularShop.Benchmarks.Questions;

/// <summary>A question over everybody's data: answered from a read copy, or by asking everybody each time.</summary>
internal sealed class QuestionsBenchmark : IBenchmark
{
    private const int Customers = 2_000;
    private const int OrdersOfCustomer = 20;
    private const int Lines = 3;
    private const int Products = 500;
    private const int OrdersInRequest = 200;
    private const int Compared = 50;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "questions";

    public string Summary => "What has this customer bought? From a read copy, and by calls to other services; about 5 minutes.";

    public async Task<string> Run(int rounds)
    {
        var customers = new List<Guid>();
        using var filled = await FilledShop.Fill(async imports => customers.AddRange(await Fill(imports)));
        var round = new AskingRound(filled, customers);
        await round.Compare(Compared);
        var figures = await Rounds.Alternate(rounds, [("ours", round.Ours), ("calls", round.Services)], Say);
        return Section(figures[0], figures[1]);
    }

    private static async Task<IEnumerable<Guid>> Fill(ShopImports imports)
    {
        var random = new Random(4);
        var products = await imports.Import(
            new ProductsImport([
                .. Enumerable
                    .Range(1, Products)
                    .Select(n => new ProductImport($"SKU-{n:000}", $"Product {n}", 1 + n % 100 * 0.25m, "EUR", Beginning)),
            ]),
            CancellationToken.None
        );
        var customers = new List<Guid>();
        foreach (var numbers in Enumerable.Range(1, Customers).Select(n => new CustomerImport($"C-{n:0000}", "France")).Chunk(1000))
        {
            var imported = await imports.Import(new CustomersImport(numbers), CancellationToken.None);
            customers.AddRange(imported.Customers.Select(customer => customer.CustomerId));
        }
        var orders = Enumerable
            .Range(0, Customers * OrdersOfCustomer)
            .Select(n => Order(n, customers[n % Customers], products.Products, random));
        var done = 0;
        foreach (var chunk in orders.Chunk(OrdersInRequest))
        {
            await imports.Import(new OrdersImport(chunk), CancellationToken.None);
            done += chunk.Length;
            if (done % 10_000 == 0)
            {
                Console.WriteLine($"filled with {done} of {Customers * OrdersOfCustomer} orders");
            }
        }
        return customers;
    }

    private static OrderImport Order(int number, Guid customer, IReadOnlyList<ImportedProduct> products, Random random) =>
        new(
            $"O-{number:000000}",
            customer,
            "EUR",
            Beginning.AddMinutes(number),
            [
                .. Enumerable
                    .Range(0, Lines)
                    .Select(_ => new LineImport(products[random.Next(Products)].ProductId, 1 + random.Next(9), 2.5m, BoughtAt: null)),
            ]
        );

    private static string Say(RoundFigures round) =>
        string.Join(
            "  ",
            AskingRound.Clients.Zip(
                round.ByClients,
                (clients, figures) => Text($"{clients}: {figures.PerSecond:0}/s, p99 {figures.P99:0.0} ms;")
            )
        ) + Text($"  {round.Available:P0} answered without the products");

    private static string Section(IReadOnlyList<RoundFigures> ours, IReadOnlyList<RoundFigures> calls)
    {
        var section = new StringBuilder()
            .AppendLine("## A question over everybody's data")
            .AppendLine()
            .AppendLine("*What has this customer bought?* `GET /purchase-history/v1/customers/{id}/products` over loopback HTTP.")
            .AppendLine()
            .AppendLine("- **ours**: the real host, from the read copy of PurchaseHistory")
            .AppendLine(
                "- **calls**: an aggregator asks an orders and a customers service at the same time, then a products service for the"
            )
            .AppendLine("  names of the page: four processes, minimal APIs with EF Core queries on the files of the modules of these names")
            .AppendLine()
            .AppendLine(Text($"- {Machine.Describe()}; the clients share the cores"))
            .AppendLine(
                Text(
                    $"- {Customers} customers, {OrdersOfCustomer} orders of {Lines} lines each, {Products} products; {Compared} answers compared, they are equal"
                )
            )
            .AppendLine(
                Text(
                    $"- {ours.Count} rounds in alternation, new processes each time, {AskingRound.Measured.TotalSeconds} s each after {AskingRound.WarmUp.TotalSeconds} s of warm-up; medians, in brackets the ratio to calls in the same round"
                )
            )
            .AppendLine("- CPU, allocations and memory are those of all processes that take part, added up")
            .AppendLine(
                Text(
                    $"- *without the products*: the share of {AskingRound.AskedWithoutProducts} questions that is answered after the products service was killed; for ours, in a shop that runs without Catalog"
                )
            )
            .AppendLine();
        var table = new MarkdownTable("clients", "", "questions/s", "p50 ms", "p99 ms", "CPU µs/question", "allocated KB/question");
        for (var i = 0; i < AskingRound.Clients.Count; i++)
        {
            Row(table, AskingRound.Clients[i], "**ours**", Of(ours, i), Of(calls, i));
            Row(table, AskingRound.Clients[i], "calls", Of(calls, i), peer: null);
        }
        var whole = new MarkdownTable("", "peak memory MB", "answered without the products")
            .Row(
                $"**ours**",
                $"{ours.Median(r => r.PeakMegabytes):0} ({ours.Ratio(calls, r => r.PeakMegabytes):0.00})",
                $"{ours.Median(r => r.Available):P1}"
            )
            .Row($"calls", $"{calls.Median(r => r.PeakMegabytes):0}", $"{calls.Median(r => r.Available):P1}");
        return section.AppendLine(table.ToString()).AppendLine(whole.ToString()).ToString();
    }

    private static List<AskingFigures> Of(IReadOnlyList<RoundFigures> rounds, int index) => [.. rounds.Select(r => r.ByClients[index])];

    private static void Row(MarkdownTable table, int clients, string name, List<AskingFigures> rounds, List<AskingFigures>? peer)
    {
        string Cell(Func<AskingFigures, double> figure, string format) =>
            rounds.Median(figure).ToString(format, CultureInfo.InvariantCulture)
            + (peer is null ? "" : Text($" ({rounds.Ratio(peer, figure):0.00})"));
        table.Row(
            $"{clients}",
            $"{name}",
            $"{Cell(f => f.PerSecond, "0")}",
            $"{Cell(f => f.P50, "0.00")}",
            $"{Cell(f => f.P99, "0.0")}",
            $"{Cell(f => f.CpuMicroseconds, "0")}",
            $"{Cell(f => f.AllocatedKilobytes, "0.0")}"
        );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
