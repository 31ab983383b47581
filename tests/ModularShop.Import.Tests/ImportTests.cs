using System.Net;
using System.Text.Json;
using ModularShop.Host;
using ModularShop.Host.Export;
using ModularShop.Host.Import;
using static ModularShop.Import.Tests.InAndOut;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>Files are imported into a whole shop and exported as its purchase history.</summary>
internal sealed class ImportTests
{
    [Test]
    public async Task The_month_comes_out_as_the_purchase_history_that_is_expected()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);

        var first = await TakeIn(shop, Month.File);
        await shop.CaughtUp();
        var rows = await TakeOut(shop);
        var second = await TakeIn(shop, Month.File);
        await shop.CaughtUp();

        Assert.Multiple(() =>
        {
            Assert.That(Held(first), Is.EqualTo(Month.Totals()));
            Assert.That(New(first), Is.EqualTo((1629, 326, 948, 2816)));
            Assert.That(first.Differences, Is.Empty);
            Assert.That(rows, Is.EqualTo(Month.PurchaseHistory()));
            Assert.That(Held(second), Is.EqualTo(Month.Totals()), "a second time the shop holds the same");
            Assert.That(New(second), Is.EqualTo((0, 0, 0, 0)));
            Assert.That(second.ChangedProducts, Is.Zero);
        });
        Assert.That(await TakeOut(shop), Is.EqualTo(rows));
    }

    [Test]
    public async Task An_import_that_was_interrupted_goes_on_when_it_is_run_again()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);
        using var file = Of([.. Enumerable.Range(1, 450).Select(i => Line($"{i}", customer: $"{i % 7}", quantity: "1", price: "1"))]);
        using var interruption = new CancellationTokenSource();

        await Assert.CatchAsync<OperationCanceledException>(() =>
            TakeIn(
                shop,
                file.Path,
                line =>
                {
                    if (line > 250)
                    {
                        interruption.Cancel();
                    }
                },
                interruption.Token
            )
        );
        var result = await TakeIn(shop, file.Path);
        await shop.CaughtUp();

        Assert.That(result.Orders, Is.EqualTo(new InvoiceTotals(450, 450, 450)));
        Assert.That(result.NewOrders, Is.InRange(1, 449), "some were there already");
        Assert.That((await TakeOut(shop)).Sum(row => row.Orders), Is.EqualTo(450));
    }

    [Test]
    public async Task Orders_are_imported_in_the_order_in_which_the_file_completes_them()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);
        using var file = Of(
            Line("3", customer: ""),
            Line("1", customer: "", date: "2010-12-01 09:00:00"),
            Line("2", customer: ""),
            Line("1", customer: "", stockCode: "71053", date: "2010-12-01 08:00:00")
        );

        await TakeIn(shop, file.Path);

        var events = await shop.Http.Events("orders");
        var lines = events.Select(e => e.GetProperty("data").GetProperty("lines").GetArrayLength());
        var last = events[^1].GetProperty("data");
        Assert.That(lines, Is.EqualTo(new[] { 1, 1, 2 }));
        Assert.That(last.GetProperty("placedAt").GetDateTimeOffset(), Is.EqualTo(new DateTimeOffset(2010, 12, 1, 8, 0, 0, TimeSpan.Zero)));
    }

    [Test]
    public async Task Each_product_was_last_bought_when_its_line_says()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);
        using var file = Of(
            Line(stockCode: "A", date: "2010-12-01 08:26:00"),
            Line(stockCode: "B", date: "2010-12-01 08:27:00"),
            Line("C1", stockCode: "C", quantity: "-2", price: "1.5", date: "2010-12-02 08:00:00")
        );

        await TakeIn(shop, file.Path);
        await shop.CaughtUp();

        Assert.That(
            await TakeOut(shop),
            Is.EqualTo(
                new[]
                {
                    new PurchaseRow("17850", "A", 1, 6, 15.3m, 0, 0, "2010-12-01 08:26:00"),
                    new PurchaseRow("17850", "B", 1, 6, 15.3m, 0, 0, "2010-12-01 08:27:00"),
                    new PurchaseRow("17850", "C", 0, 0, 0, 2, 3, ""),
                }
            )
        );
    }

    [Test]
    public async Task A_shop_that_is_busy_is_asked_again()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);
        using var file = Of(Line());
        using var http = new HttpClient(new BusyAtFirst()) { BaseAddress = shop.Http.Address };

        var result = await TakeIn(http, file.Path);

        Assert.That(result.NewOrders, Is.EqualTo(1));
    }

    [Test]
    public async Task An_export_in_JSON_is_an_array_of_objects()
    {
        await using var shop = await TestApplication.Start(ShopModules.All, directory: null);
        using var file = Of(Line(), Line("C1", stockCode: "B", quantity: "-2"));
        await TakeIn(shop, file.Path);
        await shop.CaughtUp();
        using var output = new MemoryStream();

        await PurchaseHistoryExport.WriteJson(PurchaseHistoryExport.Read(shop.Http.Plain, default), output, default);

        var rows = JsonSerializer.Deserialize<JsonElement[]>(output.ToArray())!;
        Assert.That(
            rows.Select(row => string.Concat(row.GetRawText().Where(c => c is not ('"' or ' ' or '\n')))),
            Is.EqualTo(
                new[]
                {
                    "{customer:17850,stock_code:85123A,currency:GBP,orders:1,quantity_bought:6,amount_bought:15.3,"
                        + "quantity_returned:0,amount_returned:0,last_bought:2010-12-01T08:26:00Z}",
                    "{customer:17850,stock_code:B,currency:GBP,orders:0,quantity_bought:0,amount_bought:0,"
                        + "quantity_returned:2,amount_returned:5.1,last_bought:null}",
                }
            )
        );
    }

    private static Dictionary<string, decimal> Held(ImportResult result) =>
        result
            .Figures()
            .Where(figure => !figure.Key.StartsWith("new-", StringComparison.Ordinal) && figure.Key != "changed-products")
            .ToDictionary();

    private static (int Orders, int Returns, int Customers, int Products) New(ImportResult result) =>
        (result.NewOrders, result.NewReturns, result.NewCustomers, result.NewProducts);

    private sealed class BusyAtFirst() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Interlocked.Increment(ref requests) == 1
                ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request }
                : await base.SendAsync(request, ct);
    }
}
