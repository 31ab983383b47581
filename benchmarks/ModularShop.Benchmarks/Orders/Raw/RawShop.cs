using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Raw;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>
/// The ceiling: the same orders over the same HTTP server and SQLite, with nothing between them but hand-written
/// statements and group commit.
/// </summary>
internal static class RawShop
{
    public static async Task Run(string[] arguments)
    {
        var (ordersFile, historyFile) = (Path.Combine(arguments[0], "orders.db"), Path.Combine(arguments[0], "purchase-history.db"));
        using var orders = new RawFile(ordersFile);
        using var history = new RawFile(historyFile);
        using var subscriber = new RawSubscriber(history, ordersFile);
        var writer = new RawWriter(orders, new RawOrders(orders), TimeProvider.System) { Committed = subscriber.WakeUp };
        Task[] running = [Task.Run(writer.Run), Task.Run(subscriber.Run)];
        await using (var app = SlimServer.Builder().Build())
        {
            app.MapPost(OrderRequests.Path, http => PlaceOrder(http, writer));
            app.MapGet("/purchase-history/v1/customers/{customerId:guid}/products", http => ShowCustomerProducts(http, historyFile));
            await SlimServer.Serve(
                app,
                _ => Task.FromResult((writer.LastPosition - subscriber.Position).ToString(CultureInfo.InvariantCulture))
            );
        }
        writer.Complete();
        subscriber.Complete();
        await Task.WhenAll(running);
        SqliteConnection.ClearAllPools();
    }

    private static async Task PlaceOrder(HttpContext http, RawWriter writer)
    {
        try
        {
            var request = await http.Request.ReadFromJsonAsync(MessagesJson.Default.OrderRequest, http.RequestAborted);
            var answer = await writer.Place(request!);
            http.Response.StatusCode = StatusCodes.Status201Created;
            http.Response.Headers.Location = $"{OrderRequests.Path}/{answer.Id}";
            await http.Response.WriteAsJsonAsync(answer, MessagesJson.Default.OrderAnswer, cancellationToken: http.RequestAborted);
        }
        catch (RefusedOrderException e)
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await http.Response.WriteAsync(e.Message, http.RequestAborted);
        }
    }

    private static async Task ShowCustomerProducts(HttpContext http, string historyFile)
    {
        var customer = RawPurchases.Id(Guid.Parse((string)http.GetRouteValue("customerId")!, CultureInfo.InvariantCulture));
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = historyFile, Mode = SqliteOpenMode.ReadOnly }.ToString()
        );
        connection.Open();
        if (
            connection.Scalar("SELECT sequence FROM customers WHERE customer_id = $id AND NOT is_erased", ("$id", customer))
            is not { } known
        )
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var page = new Page<BoughtProduct>(Products(connection, known), Next: null);
        await http.Response.WriteAsJsonAsync(page, MessagesJson.Default.PageBoughtProduct, cancellationToken: http.RequestAborted);
    }

    private static List<BoughtProduct> Products(SqliteConnection connection, object customer)
    {
        using var select = connection.CreateCommand();
        select.CommandText = $"""
            SELECT p.product_id, p.sku, p.name, c.currency, c.orders, c.quantity_bought, c.amount_bought,
                c.quantity_returned, c.amount_returned, c.last_bought
            FROM customer_products c JOIN products p ON p.sequence = c.product_sequence
            WHERE c.customer_sequence = $customer ORDER BY c.last_bought DESC, p.product_id, c.currency LIMIT {Cursor.DefaultLimit}
            """;
        select.Parameters.AddWithValue("$customer", customer);
        using var rows = select.ExecuteReader();
        var products = new List<BoughtProduct>();
        while (rows.Read())
        {
            products.Add(
                new BoughtProduct(
                    rows.GetGuid(0),
                    rows.GetString(1),
                    rows.IsDBNull(2) ? null : rows.GetString(2),
                    rows.GetString(3),
                    rows.GetInt64(4),
                    rows.GetInt64(5),
                    ExactDecimal.FromStored(rows.GetInt64(6)),
                    rows.GetInt64(7),
                    ExactDecimal.FromStored(rows.GetInt64(8)),
                    rows.IsDBNull(9) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(9))
                )
            );
        }
        return products;
    }
}
