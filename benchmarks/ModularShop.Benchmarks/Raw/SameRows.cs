using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Benchmarks.Raw;

/// <summary>A peer that wrote less than the shop would be no peer: both must have as many rows, worth as much.</summary>
internal static class SameRows
{
    private static readonly (string File, string Sum)[] Sums =
    [
        ("customers.db", "count(*) FROM customers"),
        ("customers.db", "count(*) FROM event_log"),
        ("catalog.db", "count(*) || ' ' || sum(length(name)) || ' ' || sum(price) FROM products"),
        ("catalog.db", "count(*) FROM event_log"),
        ("orders.db", "count(*) || ' ' || sum(placed_at) FROM orders"),
        ("orders.db", "count(*) || ' ' || sum(quantity * unit_price) || ' ' || count(bought_at) FROM order_lines"),
        ("orders.db", "count(*) || ' ' || sum(returned_at) FROM returns"),
        ("orders.db", "count(*) || ' ' || sum(quantity * unit_price) FROM return_lines"),
        ("orders.db", "count(*) || ' ' || sum(price) FROM product_copies"),
        ("orders.db", "count(*) FROM event_log"),
        ("purchase-history.db", "count(*) || ' ' || sum(length(label)) FROM customers"),
        ("purchase-history.db", "count(*) || ' ' || sum(length(sku)) || ' ' || sum(length(name)) FROM products"),
        ("purchase-history.db", "count(*) || ' ' || count(customer_sequence) FROM orders"),
        ("purchase-history.db", "count(*) || ' ' || sum(quantity) || ' ' || sum(amount) || ' ' || sum(bought_at) FROM purchases"),
        (
            "purchase-history.db",
            "count(*) || ' ' || sum(orders) || ' ' || sum(amount_bought) || ' ' || sum(amount_returned) || ' ' || sum(last_bought) FROM customer_products"
        ),
        (
            "purchase-history.db",
            "count(*) || ' ' || sum(orders) || ' ' || sum(amount_bought) || ' ' || sum(amount_returned) FROM product_totals"
        ),
        ("purchase-history.db", "group_concat(source || position) FROM (SELECT source, position FROM checkpoints ORDER BY source)"),
    ];

    /// <param name="file">Only this one; all of them if it is null.</param>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void Check(string ours, string theirs, string? file = null)
    {
        foreach (var (name, sum) in Sums.Where(sum => file is null || sum.File == file))
        {
            var (mine, peers) = (Read(Path.Combine(ours, name), sum), Read(Path.Combine(theirs, name), sum));
            if (mine != peers)
            {
                throw new InvalidOperationException($"{name} has {mine} in the shop and {peers} by hand: {sum}.");
            }
        }
    }

    private static string Read(string path, string sum)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return connection.Scalar($"SELECT {sum}")?.ToString() ?? "";
    }
}
