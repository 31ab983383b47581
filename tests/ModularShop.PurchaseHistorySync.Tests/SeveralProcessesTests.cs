using System.Net;
using System.Text.Json;
using ModularShop.Catalog;
using ModularShop.Customers;
using ModularShop.Kernel.Modules;
using ModularShop.Orders;

namespace ModularShop.PurchaseHistorySync.Tests;

/// <summary>The module in a process of its own, which passes its requests on to those of the other modules.</summary>
internal sealed class SeveralProcessesTests
{
    private static readonly Module[] Modules =
    [
        new CatalogModule(),
        new CustomersModule(),
        new OrdersModule(),
        new PurchaseHistorySyncModule(),
    ];

    private readonly Dictionary<string, TestApplication> processes = [];
    private TestTopology topology = null!;
    private Sales sales = null!;

    [SetUp]
    public async Task Start()
    {
        topology = TestTopology.Of(Modules, [.. Modules.Select(module => (module.Name, new[] { module.Name }))]);
        foreach (var module in Modules)
        {
            processes[module.Name] = await topology.Start(module.Name, Patient.Settings);
        }
        sales = new Sales(processes[Sales.WithRequests].Http);
    }

    [TearDown]
    public async Task Stop()
    {
        foreach (var process in processes.Values)
        {
            await process.DisposeAsync();
        }
        topology.Dispose();
    }

    [Test]
    public async Task Without_Catalog_the_answer_has_all_sums_and_names_what_is_missing()
    {
        var customer = await sales.CustomerWithOrders();
        var whole = await Items(customer);
        await Stop("catalog");

        var answer = (await sales.Ask(Sales.WithRequests, customer)).ExpectSuccess().Body;

        var missing = answer.GetProperty("missing").EnumerateArray().Single();
        Assert.That(missing.GetProperty("module").GetString(), Is.EqualTo("catalog"));
        Assert.That(missing.GetProperty("what").GetString(), Is.EqualTo("The stock codes and names of 3 of 3 products are not known."));
        Assert.That(missing.GetProperty("reason").GetString(), Is.Not.Empty);
        var rows = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.That(Amounts(rows), Is.EqualTo(Amounts(whole)));
        Assert.That(rows.Select(row => row.GetProperty("name").ValueKind), Is.All.EqualTo(JsonValueKind.Null));
        Assert.That(rows.Select(row => row.Text("sku")), Is.EqualTo(rows.Select(row => row.Text("productId"))));
    }

    [Test]
    public async Task Without_Customers_the_answer_says_that_the_customer_was_not_checked()
    {
        var customer = await sales.CustomerWithOrders();
        await Stop("customers");

        var answer = (await sales.Ask(Sales.WithRequests, customer)).ExpectSuccess().Body;

        Assert.That(answer.GetProperty("items").GetArrayLength(), Is.EqualTo(3));
        var missing = answer.GetProperty("missing").EnumerateArray().Single();
        Assert.That(missing.GetProperty("module").GetString(), Is.EqualTo("customers"));
    }

    [Test]
    public async Task Without_Orders_nothing_is_known_and_the_answer_is_503_with_the_reason()
    {
        var customer = await sales.CustomerWithOrders();
        await Stop("orders");

        var answer = await sales.Ask(Sales.WithRequests, customer);

        answer.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(
            answer.Body.GetProperty("detail").GetString(),
            Does.StartWith("Without orders it is not known what the customer bought.")
        );
        Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
    }

    private async Task<IReadOnlyList<JsonElement>> Items(Guid customer)
    {
        var answer = (await sales.Ask(Sales.WithRequests, customer)).ExpectSuccess().Body;
        Assert.That(answer.GetProperty("missing").GetArrayLength(), Is.Zero, answer.ToString());
        return [.. answer.GetProperty("items").EnumerateArray()];
    }

    private static IEnumerable<decimal> Amounts(IEnumerable<JsonElement> rows) =>
        rows.Select(row => row.GetProperty("amountBought").GetDecimal());

    private async Task Stop(string module)
    {
        processes.Remove(module, out var process);
        await process!.DisposeAsync();
    }
}
