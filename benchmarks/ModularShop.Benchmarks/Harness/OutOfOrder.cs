namespace ModularShop.Benchmarks.Harness;

/// <summary>Finds orders whose effect came after that of a later order.</summary>
internal static class OutOfOrder
{
    /// <summary>
    /// Counts them. SQLite has one writer and gives ascending rowids, so that rows stand in the order in which they were written.
    /// </summary>
    /// <param name="effects">The table with a row for each order's effect, which names the order as <c>order_id</c>.</param>
    public static string Count(string orders, string effects) =>
        $"""
            SELECT count(*) FROM (
                SELECT placed.rowid AS place,
                    max(placed.rowid) OVER (ORDER BY effect.rowid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
                FROM {effects} AS effect JOIN {orders} AS placed ON placed.id = effect.order_id
            ) WHERE place < latest
            """;
}
