using System.Net;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>No answer names an erased customer, whatever came before and comes after.</summary>
internal sealed class ErasedCustomerTests
{
    [Test]
    public async Task No_answer_counts_or_names_an_erased_customer()
    {
        await using var history = await HistoryFixture.Start();
        var (erased, other) = (await history.Customer("erased"), await history.Customer("other"));
        var (lantern, hanger) = (await history.Product("LANTERN"), await history.Product("HANGER"));
        foreach (var customer in new[] { erased, other })
        {
            await history.Order(customer, 1, new(lantern, 1, 1m), new(hanger, 1, 1m));
        }
        await history.App.CaughtUp();
        await history.Erase(erased);

        var buyers = (await history.Get($"products/{lantern}/customers")).GetProperty("items").EnumerateArray();
        var all = (await history.Get("purchases")).GetProperty("items").EnumerateArray();
        var also = (await history.Get($"products/{lantern}/also-bought")).EnumerateArray().Single();

        Assert.That(buyers.Select(buyer => buyer.GetProperty("customer").GetString()), Is.EqualTo(["other"]));
        Assert.That(all.Select(row => row.GetProperty("customer").GetString()), Is.EqualTo(["other", "other"]));
        Assert.That(also.GetProperty("customers").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_order_of_a_customer_who_was_erased_before_anything_was_known_of_them_is_a_guest_s()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (Guid.CreateVersion7(), await history.Product("A"));
        await history.Erase(customer);
        await history.App.CaughtUp();
        await history.Order(customer, 1, new OrderedLine(product, 2, 1m));
        await history.ImportReturn(customer, 2, new OrderedLine(product, 1, 1m));

        var sales = (await history.Get($"products/{product}")).GetProperty("sales").EnumerateArray().Single();
        var answer = await history.Http.Get($"/purchase-history/v1/customers/{customer}/products");

        Assert.That(sales.GetProperty("quantityBought").GetInt64(), Is.EqualTo(2));
        Assert.That(sales.GetProperty("quantityReturned").GetInt64(), Is.EqualTo(1));
        answer.Expect(HttpStatusCode.NotFound);
        Assert.That((await history.Get("purchases")).GetProperty("items").GetArrayLength(), Is.Zero);
    }
}
