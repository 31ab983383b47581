using System.Net;
using CsCheck;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>Any history: the answers are those of a model in memory, live, after a restart, and replayed.</summary>
internal sealed class ReplayTests
{
    private const int Few = 3;

    private static readonly Gen<Step> GenStep = Gen.Select(
        Gen.Int[0, 9],
        Gen.Int[0, Few],
        Gen.Int[1, 5],
        Gen.Select(Gen.Int[0, Few - 1], Gen.Int[1, 4], Gen.Int[1, 9]).Array[1, 3],
        Gen.Bool,
        (kind, customer, day, lines, isPound) => new Step(kind, customer, day, lines, isPound ? "GBP" : "EUR")
    );

    private readonly string directory = TestApplication.NewDirectory();
    private readonly Guid[] customers = [.. Enumerable.Range(0, Few).Select(_ => Guid.CreateVersion7())];
    private readonly Guid[] products = [.. Enumerable.Range(0, Few).Select(_ => Guid.CreateVersion7())];

    private sealed record Step(int Kind, int Customer, int Day, (int Product, int Quantity, int Price)[] Lines, string Currency);

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task The_answers_are_those_of_the_events_live_restarted_rebuilt_and_from_an_empty_file()
    {
        var (catalog, persons, orders) = (new StandInModule("catalog"), new StandInModule("customers"), new StandInModule("orders"));
        var model = new HistoryModel();
        string live;
        await using (var app = await TestApplication.Start([new PurchaseHistoryModule(), catalog, persons, orders], directory))
        {
            await catalog.Publish(new ProductAdded(products[0], "P0", "LANTERN", 1m, "GBP"));
            await persons.Publish(new CustomerRegistered(customers[0], "C0", "France"));
            await GenStep
                .Array[10, 40]
                .SampleAsync(
                    async steps =>
                    {
                        foreach (var step in steps)
                        {
                            await orders.Publish(Event(step, model));
                        }
                        await app.CaughtUp();
                        Assert.That(await Answers(app), Is.EqualTo(model.Answers()));
                    },
                    iter: 5,
                    threads: 1
                );
            live = await Answers(app);
        }
        await using (var app = await TestApplication.Start([new PurchaseHistoryModule(), catalog, persons, orders], directory))
        {
            await app.CaughtUp();
            Assert.That(await Answers(app), Is.EqualTo(live), "restarted: nothing is applied twice");
            (await app.Http.Post("/admin/v1/modules/purchase-history/rebuild", new { })).ExpectSuccess();
            await app.CaughtUp();
            Assert.That(await Answers(app), Is.EqualTo(live), "rebuilt");
        }
        foreach (var file in Directory.EnumerateFiles(directory, "purchase-history.db*"))
        {
            File.Delete(file);
        }
        await using (var app = await TestApplication.Start([new PurchaseHistoryModule(), catalog, persons, orders], directory))
        {
            await app.CaughtUp();
            Assert.That(await Answers(app), Is.EqualTo(live), "as a new module");
        }
    }

    private IntegrationEvent Event(Step step, HistoryModel model)
    {
        var (customer, id) = (step.Customer == Few ? (Guid?)null : customers[step.Customer], Guid.CreateVersion7());
        var at = HistoryFixture.Day(step.Day);
        OrderedLine[] lines = [.. step.Lines.Select(line => new OrderedLine(products[line.Product], line.Quantity, line.Price / 4m))];
        IntegrationEvent happened = step.Kind switch
        {
            < 5 => new OrderPlaced(id, customer, at, step.Currency, lines),
            < 7 => new OrderImported(id, customer, at, step.Currency, lines),
            < 8 => new OrderReturned(id, Guid.CreateVersion7(), customer, at, step.Currency, lines),
            _ when model.AnyOrder(step.Day) is { } cancelled => new OrderCancelled(cancelled, "changed my mind"),
            _ => new ReturnImported(id, customer, at, step.Currency, lines),
        };
        model.Apply(happened);
        return happened;
    }

    /// <summary>What the module says of every customer's products, one line a row.</summary>
    private async Task<string> Answers(TestApplication app)
    {
        var rows = new List<string>();
        foreach (var customer in customers)
        {
            var answer = await app.Http.Get($"/purchase-history/v1/customers/{customer}/products?limit=100");
            if (answer.Status == HttpStatusCode.NotFound)
            {
                continue; // Nothing is known of them yet.
            }
            var items = answer.Body.GetProperty("items");
            rows.AddRange(items.EnumerateArray().Select(item => HistoryModel.Line(customer, item)));
        }
        foreach (var product in products)
        {
            var answer = await app.Http.Get($"/purchase-history/v1/products/{product}");
            if (answer.Status != HttpStatusCode.NotFound)
            {
                var sales = answer.Body.GetProperty("sales");
                rows.AddRange(sales.EnumerateArray().Select(item => HistoryModel.Line(product, item)));
            }
        }
        return string.Join('\n', rows.Order(StringComparer.Ordinal));
    }
}
