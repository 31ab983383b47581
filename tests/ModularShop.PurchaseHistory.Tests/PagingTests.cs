using CsCheck;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

internal sealed class PagingTests
{
    [Test]
    public async Task Purchases_of_customers_with_one_number_and_products_with_one_stock_code_are_all_listed()
    {
        await using var history = await HistoryFixture.Start();
        var customers = new[] { await history.Customer("17850"), await history.Customer("17850") };
        var products = new[] { await history.Product("71053"), await history.Product("71053") };
        foreach (var customer in customers)
        {
            await history.Order(customer, 1, [.. products.Select(product => new OrderedLine(product, 1, 1m))]);
        }

        Assert.That(await Walk(history, "purchases", 1, _ => Task.CompletedTask), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Every_row_is_on_one_page_whatever_is_bought_between_pages()
    {
        await using var history = await HistoryFixture.Start();
        // Few numbers, stock codes, days and quantities, so that many rows have equal sort keys.
        var purchases = Gen.Select(
            Gen.Int[0, 7],
            Gen.Int[0, 7],
            Gen.Int[1, 2],
            Gen.Int[1, 2],
            Gen.Bool.Select(isPound => isPound ? "GBP" : "EUR")
        ).Array[4, 30];
        var customers = new List<Guid>();
        var products = new List<Guid>();
        for (var i = 0; i < 8; i++)
        {
            customers.Add(await history.Customer($"{i / 4}"));
            products.Add(await history.Product($"{i / 4}"));
        }
        var bought = new HashSet<(Guid Customer, Guid Product, string Currency)>();

        async Task Buy((int Customer, int Product, int Day, int Quantity, string Currency)[] batch)
        {
            foreach (var (customer, product, day, quantity, currency) in batch)
            {
                bought.Add((customers[customer], products[product], currency));
                await history.OrderIn(currency, customers[customer], day, new OrderedLine(products[product], quantity, 1m));
            }
            await history.App.CaughtUp();
        }

        await Gen.Select(purchases, Gen.Int[1, 5])
            .SampleAsync(
                async (batch, limit) =>
                {
                    await Buy(batch);
                    // A row whose totals change moves in a list that is sorted by them, so only the other rows are certain to appear.
                    var others = (Customer: await history.Customer("0"), Product: await history.Product("0"));
                    var isMore = false;
                    Task More(int page)
                    {
                        isMore = true;
                        return page < 3
                            ? history.Order(others.Customer, page, new OrderedLine(others.Product, page, 1m))
                            : Task.CompletedTask;
                    }

                    await MeetsAll(history, "purchases", limit, More, bought.Count);
                    await MeetsAll(
                        history,
                        $"customers/{customers[batch[0].Item1]}/products",
                        limit,
                        More,
                        bought.Count(b => b.Customer == customers[batch[0].Item1])
                    );
                    await MeetsAll(
                        history,
                        $"products/{products[batch[0].Item2]}/customers",
                        limit,
                        More,
                        bought.Count(b => b.Product == products[batch[0].Item2])
                    );
                    if (isMore)
                    {
                        bought.Add((others.Customer, others.Product, "GBP"));
                    }
                },
                iter: 4,
                threads: 1
            );
    }

    private static async Task MeetsAll(HistoryFixture history, string list, int limit, Func<int, Task> betweenPages, int atLeast)
    {
        var rows = await Walk(history, list, limit, betweenPages);
        Assert.That(rows, Has.Count.GreaterThanOrEqualTo(atLeast).And.Count.LessThanOrEqualTo(atLeast + 1), list);
    }

    private static async Task<List<string>> Walk(HistoryFixture history, string list, int limit, Func<int, Task> betweenPages)
    {
        var rows = new List<string>();
        var after = "";
        for (var number = 1; ; number++)
        {
            var page = await history.Get($"{list}?limit={limit}&after={after}");
            rows.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
            if (page.GetProperty("next").GetString() is not { } next)
            {
                return rows;
            }
            after = next;
            await betweenPages(number);
        }
    }
}
