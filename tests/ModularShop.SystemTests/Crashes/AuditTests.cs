using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.Crashes;

/// <summary>Proves that the audit of a killed shop detects each kind of error.</summary>
internal sealed class AuditTests
{
    private const string AnOrder = "(SELECT max(sequence) FROM orders WHERE customer_id IS NOT NULL)";
    private const string LastEvent = "(SELECT max(position) FROM event_log)";
    private const string LastOrder = "(SELECT max(position) FROM event_log WHERE name = 'orders.order-placed')";

    private static readonly (string What, Fault Fault, string Module, string Sql)[] Damages =
    [
        ("an order without its row", Fault.Lost, "orders", $"DELETE FROM orders WHERE sequence = {AnOrder}"),
        ("an order without its event", Fault.Lost, "orders", $"DELETE FROM event_log WHERE position = {LastOrder}"),
        ("a gap in a log", Fault.Lost, "catalog", "DELETE FROM event_log WHERE position = 3"),
        ("a log that is set back", Fault.Lost, "customers", $"DELETE FROM event_log WHERE position = {LastEvent}"),
        ("an order of other goods", Fault.Wrong, "orders", $"UPDATE order_lines SET quantity = 7 WHERE order_sequence = {AnOrder}"),
        (
            "one request, two orders",
            Fault.Duplicated,
            "orders",
            $"""
            INSERT INTO event_log (event_id, name, version, key, occurred_at, correlation_id, payload)
            SELECT 'another', name, version, key, occurred_at, correlation_id, payload FROM event_log WHERE position = {LastOrder}
            """
        ),
        ("an erasure applied twice", Fault.Wrong, "orders", $"UPDATE orders SET version = version + 1 WHERE sequence = {AnOrder}"),
        ("an older price after a newer one", Fault.Wrong, "orders", "UPDATE product_copies SET price = 10000"),
        (
            "an order at an older price",
            Fault.Reordered,
            "orders",
            $"UPDATE event_log SET payload = json_set(payload, '$.lines[0].unitPrice', 1.0) WHERE position = {LastOrder}"
        ),
        (
            "a purchase not applied",
            Fault.Lost,
            "purchase-history",
            "DELETE FROM purchases WHERE (order_sequence, product_sequence) = (SELECT order_sequence, product_sequence FROM purchases ORDER BY 1 DESC, 2 DESC LIMIT 1)"
        ),
        ("a purchase applied twice", Fault.Wrong, "purchase-history", "UPDATE product_totals SET orders = orders + 1"),
        ("an older name after a newer one", Fault.Wrong, "purchase-history", "UPDATE products SET name = 'c0-1' WHERE sku = 'P-0'"),
        (
            "an event that was applied, but not checked off",
            Fault.Wrong,
            "purchase-history",
            "UPDATE checkpoints SET position = 8, event_id = (SELECT event_id FROM dead_letters) WHERE source = 'orders'"
        ),
        (
            "an event that fails",
            Fault.Wrong,
            "purchase-history",
            """
            INSERT INTO dead_letters (source, position, status, event_id, name, version, key, occurred_at, correlation_id,
                payload, replay, attempts, error, failed_at)
            VALUES ('catalog', 1, 'dead', '', '', 1, '', 0, '', '', 0, 5, 'SqliteException: UNIQUE', 0)
            """
        ),
    ];

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Each_kind_of_damage_is_found_in_the_files_and_none_where_there_is_none()
    {
        var sound = Path.Combine(directory, "sound");
        var crowd = await Fill(sound);
        List<Request> requests = [.. crowd.Requests];
        foreach (var (what, fault, module, sql) in Damages)
        {
            var damaged = Path.Combine(directory, "damaged");
            Directory.CreateDirectory(damaged);
            foreach (var file in Directory.GetFiles(sound))
            {
                File.Copy(file, Path.Combine(damaged, Path.GetFileName(file)));
            }
            using (var file = new AuditedFile(damaged, module, SqliteOpenMode.ReadWrite))
            {
                file.Execute(sql);
            }

            var findings = Audit.Of(damaged, requests, caughtUp: true);

            Assert.That(findings.Select(finding => finding.Fault), Does.Contain(fault), what);
            Directory.Delete(damaged, recursive: true);
        }
        Assert.That(Audit.Of(sound, requests, caughtUp: true), Is.Empty);
    }

    private static async Task<Crowd> Fill(string directory)
    {
        var crowd = new Crowd(seed: 1);
        await using var shop = await ShopProcess.Run(directory);
        Assert.That(await crowd.Resume(shop.Http), shop.Errors);
        using var enough = new CancellationTokenSource();
        var work = crowd.Work(shop.Http, enough.Token);
        await Eventually.True(() => crowd.Answered > 400, TimeSpan.FromMinutes(1));
        await enough.CancelAsync();
        await work;
        Assert.That(await Crowd.CatchesUp(shop.Http), shop.Errors);
        Assert.That(await shop.Terminate(), Is.Zero, shop.Errors);
        return crowd;
    }
}
