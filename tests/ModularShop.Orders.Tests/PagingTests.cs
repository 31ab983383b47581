using CsCheck;

namespace ModularShop.Orders.Tests;

internal sealed class PagingTests
{
    private static int last;

    [Test]
    public async Task Every_order_is_on_one_page_whatever_is_placed_between_pages()
    {
        await using var orders = await OrdersFixture.Start();
        // Few days, so that many orders have the same time. The client's clock may be more precise than the file.
        var batches = Gen.Select(Gen.Int[1, 3].Array[1, 25], Gen.Int[1, 9]);

        await batches.SampleAsync(
            async (days, limit) =>
            {
                var there = await Import(orders, [.. days.Select(day => (day, 1))]);
                var seen = await Walk(orders, limit, page => page < 4 ? Import(orders, [(page % 3 + 1, 1)]) : Task.CompletedTask);

                Assert.That(seen.Select(o => o.Number), Is.Unique);
                Assert.That(there.Except(seen.Select(o => o.Number)), Is.Empty);
                Assert.That(seen.Select(o => o.PlacedAt), Is.Ordered.Descending);
            },
            iter: 6,
            threads: 1
        );
    }

    [Test]
    public async Task A_page_of_orders_with_very_many_lines_ends_early_and_the_rest_follows()
    {
        await using var orders = await OrdersFixture.Start();
        var there = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            there.AddRange(await Import(orders, [(1, 5000), (2, 1), (2, 1)]));
        }
        var answers = new List<int>();

        var seen = await Walk(orders, limit: 500, _ => Task.CompletedTask, answers);

        Assert.That(answers.Max(), Is.LessThan(1_200_000), "characters of a page");
        Assert.That(answers, Has.Count.LessThan(8), "and no page is needlessly short");
        Assert.That(seen.Select(o => o.Number), Is.Unique.And.EquivalentTo(there));
        Assert.That(seen.Sum(o => o.Lines), Is.EqualTo(8 * 5002), "every order has all its lines");
    }

    private static async Task<List<(string Number, DateTimeOffset PlacedAt, int Lines)>> Walk(
        OrdersFixture orders,
        int limit,
        Func<int, Task> betweenPages,
        List<int>? answers = null
    )
    {
        var seen = new List<(string, DateTimeOffset, int)>();
        var after = "";
        for (var number = 1; ; number++)
        {
            var page = await orders.Get($"/orders/v1/orders?limit={limit}&after={after}");
            answers?.Add(page.GetRawText().Length);
            var items = page.GetProperty("items").EnumerateArray().ToList();
            Assert.That(items, Has.Count.LessThanOrEqualTo(limit));
            seen.AddRange(
                items.Select(o =>
                    (
                        o.GetProperty("importNumber").GetString()!,
                        o.GetProperty("placedAt").GetDateTimeOffset(),
                        o.GetProperty("lines").GetArrayLength()
                    )
                )
            );
            if (page.GetProperty("next").GetString() is not { } next)
            {
                return seen;
            }
            after = next;
            await betweenPages(number);
        }
    }

    private static async Task<IReadOnlyList<string>> Import(OrdersFixture orders, (int Day, int Lines)[] batch)
    {
        var items = batch
            .Select(o => new
            {
                number = $"N{Interlocked.Increment(ref last)}",
                currency = "GBP",
                placedAt = new DateTimeOffset(2010, 12, o.Day, 8, 0, 0, TimeSpan.Zero).AddTicks(o.Lines * 1234),
                lines = Enumerable
                    .Range(0, o.Lines)
                    .Select(_ => new
                    {
                        productId = Guid.CreateVersion7(),
                        quantity = 1,
                        unitPrice = 1.5m,
                    }),
            })
            .ToList();
        (await orders.Http.Post("/orders/v1/order-imports", new { orders = items })).ExpectSuccess();
        return [.. items.Select(o => o.number)];
    }
}
