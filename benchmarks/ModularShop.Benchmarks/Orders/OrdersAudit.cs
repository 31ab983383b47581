using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Harness;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Benchmarks.Orders;

/// <summary>Compares the files at the end with what was acknowledged.</summary>
internal static class OrdersAudit
{
    /// <param name="ordersDirectory">Where the file of the orders is.</param>
    /// <param name="historyDirectory">Where the file of the history is.</param>
    /// <returns>How many orders were applied after a later one.</returns>
    /// <exception cref="InvalidOperationException">An order is lost, duplicated or wrong. Such a contender is not accepted.</exception>
    public static long Check(string contender, string ordersDirectory, string historyDirectory, long orders)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(ordersDirectory, "orders.db"), Pooling = false }.ToString()
        );
        connection.Open();
        connection.Execute("ATTACH $file AS history", ("$file", Path.Combine(historyDirectory, "purchase-history.db")));
        Require("SELECT count(*) FROM orders", orders);
        Require("SELECT count(*) FROM order_lines", orders * OrderRequests.Lines);
        Require("SELECT count(*) FROM history.purchases", orders * OrderRequests.Lines);
        var amount = (long)connection.Scalar("SELECT sum(quantity * unit_price) FROM order_lines")!;
        foreach (var table in (string[])["purchases", "customer_products", "product_totals"])
        {
            Require($"SELECT sum({(table == "purchases" ? "amount" : "amount_bought")}) FROM history.{table}", amount);
        }
        return (long)connection.Scalar(OutOfOrder.Count("orders", "history.orders"))!;

        void Require(string figure, long wanted)
        {
            if (connection.Scalar(figure) is var found && found is not long number || number != wanted)
            {
                throw new InvalidOperationException($"{contender}: {figure} gives {found}, and not {wanted}.");
            }
        }
    }
}
