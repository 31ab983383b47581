using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ModularShop.PurchaseHistorySync.Tests;

/// <summary>Requests to modules that do not answer as they should. Stand-ins take their places.</summary>
internal sealed class CallTests
{
    private static readonly Guid Customer = Guid.CreateVersion7();
    private static readonly Guid Product = Guid.CreateVersion7();

    // Above any answer that is given in time, and far below what an answer without a limit takes.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private int ordersAsked;

    [Test]
    public async Task A_module_that_does_not_answer_takes_no_longer_than_the_limits()
    {
        await using var app = await Start(
            _ => Results.Ok(PageOf(next: null)),
            async http =>
            {
                await Task.Delay(TimeSpan.FromMinutes(1), http.RequestAborted);
                return Results.Ok();
            },
            ("AttemptTimeout", "00:00:00.200")
        );
        var started = Stopwatch.GetTimestamp();

        var answer = (await Ask(app)).ExpectSuccess().Body;

        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(Bound));
        Assert.That(Missing(answer), Is.EqualTo(["catalog: It did not answer within 200 ms."]));
    }

    [Test]
    public async Task The_whole_answer_has_a_limit_too_and_names_the_orders_that_were_not_read()
    {
        // The list of orders never ends. Each single page is answered in time.
        await using var app = await Start(
            _ => Results.Ok(PageOf(next: "more")),
            _ => Task.FromResult(Found()),
            ("AnswerTimeout", "00:00:04")
        );
        var started = Stopwatch.GetTimestamp();

        var answer = (await Ask(app)).ExpectSuccess().Body;

        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(Bound));
        Assert.That(Missing(answer).First(), Is.EqualTo("orders: The whole answer may take 4000 ms, and that time was over."));
        Assert.That(answer.GetProperty("items")[0].GetProperty("orders").GetInt64(), Is.EqualTo(ordersAsked).Or.EqualTo(ordersAsked - 1));
    }

    [Test]
    public async Task A_request_that_fails_once_is_sent_again_and_the_answer_is_whole()
    {
        await using var app = await Start(
            asked => asked == 1 ? Results.StatusCode(500) : Results.Ok(PageOf(next: null)),
            _ => Task.FromResult(Found())
        );

        var answer = (await Ask(app)).ExpectSuccess().Body;

        Assert.That(Missing(answer), Is.Empty);
        Assert.That(ordersAsked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_that_fails_again_is_not_sent_a_third_time()
    {
        await using var app = await Start(_ => Results.StatusCode(500), _ => Task.FromResult(Found()));

        var answer = await Ask(app);

        answer.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Body.GetProperty("detail").GetString(), Does.EndWith("It answered 500."));
        Assert.That(ordersAsked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_that_is_refused_is_not_sent_again()
    {
        await using var app = await Start(_ => Results.StatusCode(403), _ => Task.FromResult(Found()));

        (await Ask(app)).Expect(HttpStatusCode.ServiceUnavailable);

        Assert.That(ordersAsked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_module_that_fails_often_is_not_asked_for_a_moment()
    {
        await using var app = await Start(_ => Results.StatusCode(500), _ => Task.FromResult(Found()));

        await Eventually.Get(() => Ask(app), answer => answer.Text.Contains("is not asked for a moment", StringComparison.Ordinal));

        Assert.That(ordersAsked, Is.InRange(20, 40));
    }

    private async Task<TestApplication> Start(
        Func<int, IResult> orders,
        Func<HttpContext, Task<IResult>> products,
        params (string Name, string Value)[] settings
    ) =>
        await TestApplication.Start(
            [
                new StandInModule("customers", routes => routes.MapGet("/v1/customers/{id}", () => Results.Ok(new { id = Customer }))),
                new StandInModule("orders", routes => routes.MapGet("/v1/orders", () => orders(Interlocked.Increment(ref ordersAsked)))),
                new StandInModule("catalog", routes => routes.MapGet("/v1/products/{id}", products)),
                new PurchaseHistorySyncModule(),
            ],
            directory: null,
            Patient
                .Settings.Concat(
                    settings.Select(setting => KeyValuePair.Create($"PurchaseHistorySync:{setting.Name}", (string?)setting.Value))
                )
                .GroupBy(setting => setting.Key)
                .ToDictionary(setting => setting.Key, setting => setting.Last().Value)
        );

    private static Task<Answer> Ask(TestApplication app) => app.Http.Get($"/purchase-history-sync/v1/customers/{Customer}/products");

    private static IEnumerable<string> Missing(JsonElement answer) =>
        answer.GetProperty("missing").EnumerateArray().Select(part => $"{part.Text("module")}: {part.Text("reason")}");

    private static IResult Found() =>
        Results.Ok(
            new
            {
                id = Product,
                sku = "A",
                name = "LANTERN",
            }
        );

    private static object PageOf(string? next) =>
        new
        {
            items = new[]
            {
                new
                {
                    placedAt = DateTimeOffset.UnixEpoch,
                    status = "placed",
                    currency = "EUR",
                    lines = new[]
                    {
                        new
                        {
                            productId = Product,
                            quantity = 1,
                            unitPrice = 2m,
                            returned = 0,
                        },
                    },
                },
            },
            next,
        };
}
