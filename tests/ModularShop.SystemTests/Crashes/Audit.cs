namespace ModularShop.SystemTests.Crashes;

internal enum Fault
{
    Lost,
    Duplicated,
    Reordered,

    /// <summary>A row that does not follow from the logs.</summary>
    Wrong,
}

internal sealed record Finding(Fault Fault, string What);

/// <summary>
/// Compares the answers to clients with the files, and the modules' rows with what follows from the logs. Valid at any time, as rows
/// are compared with the logs up to the checkpoints in the same file.
/// </summary>
internal sealed class Audit
{
    private const string Orders = "orders";
    private const string Catalog = "catalog";
    private const string Customers = "customers";
    private const string History = "purchase-history";

    private static readonly string[] HandledByHistory = ["catalog.product-added", "catalog.product-changed"];

    private readonly List<Finding> findings = [];

    private Audit() { }

    /// <param name="caughtUp">Whether all events must be applied. False right after a kill.</param>
    public static IReadOnlyList<Finding> Of(string directory, IReadOnlyCollection<Request> requests, bool caughtUp) =>
        Of(_ => directory, requests, caughtUp);

    /// <param name="directoryOf">The data directory of a module.</param>
    /// <inheritdoc cref="Of(string, IReadOnlyCollection{Request}, bool)"/>
    public static IReadOnlyList<Finding> Of(Func<string, string> directoryOf, IReadOnlyCollection<Request> requests, bool caughtUp)
    {
        using var orders = new AuditedFile(directoryOf(Orders), Orders);
        using var catalog = new AuditedFile(directoryOf(Catalog), Catalog);
        using var customers = new AuditedFile(directoryOf(Customers), Customers);
        using var history = new AuditedFile(directoryOf(History), History);
        var audit = new Audit();
        foreach (var file in new[] { orders, catalog, customers })
        {
            audit.CheckPositions(file);
            audit.CheckRequests(file, [.. requests.Where(request => request.Module == file.Module)]);
        }
        audit.CheckPriceOrder(orders, catalog);
        audit.CheckOrders(
            orders,
            new Expected(orders.Log, audit.Applied(orders, catalog, caughtUp), audit.Applied(orders, customers, caughtUp))
        );
        audit.CheckHistory(
            history,
            new Expected(
                audit.Applied(history, orders, caughtUp),
                audit.Applied(history, catalog, caughtUp),
                audit.Applied(history, customers, caughtUp)
            )
        );
        return audit.findings;
    }

    private void CheckPositions(AuditedFile file)
    {
        foreach (var (logged, expected) in file.Log.Zip(Enumerable.Range(1, file.Log.Count)))
        {
            Check(logged.Position == expected, Fault.Lost, $"{file.Module} has no event at position {expected}");
        }
        var ids = file.Log.Select(logged => logged.EventId).Distinct().Count();
        Check(ids == file.Log.Count, Fault.Duplicated, $"{file.Module} has events of the same id");
    }

    // Each request has taken effect completely or not at all, and each acknowledged one has.
    private void CheckRequests(AuditedFile file, IReadOnlyList<Request> requests)
    {
        var logged = file.Log.ToLookup(e => (e.Name, Request.MarkerOf(e)));
        foreach (var request in requests)
        {
            var events = logged[(request.Event, request.Marker)].ToList();
            Check(events.Count <= 1, Fault.Duplicated, $"{events.Count} events of {request}");
            Check(events.Count >= 1 || request.Answer is null, Fault.Lost, $"acknowledged, but not logged: {request}");
            foreach (var e in events)
            {
                Check(IsWhatWasAnswered(request, e), Fault.Wrong, $"not what was answered: {request}, {request.Answer}, {e.Data}");
                Check(request.Event != "orders.order-placed" || IsWhatWasSent(request, e), Fault.Wrong, $"not what was sent: {request}");
            }
        }
        var asked = requests.Select(request => (request.Event, request.Marker)).ToHashSet();
        foreach (var group in logged.Where(group => !asked.Contains(group.Key)))
        {
            Check(false, Fault.Wrong, $"logged, but never asked for: {group.Key}");
        }
    }

    private static bool IsWhatWasAnswered(Request request, LoggedEvent e) =>
        request.Answer is not { ValueKind: System.Text.Json.JsonValueKind.Object } answer
        || answer.GetProperty("id").GetString() is var id
            && (id == e.Key || request.Event == "orders.order-returned" && id == e.Text("returnId"))
            && (request.Event != "orders.order-placed" || Lines(answer).SequenceEqual(e.Lines));

    private static bool IsWhatWasSent(Request request, LoggedEvent e)
    {
        var sent = new LoggedEvent(0, "", "", "", request.Sent);
        return sent.Customer == e.Customer && sent.Lines.SequenceEqual(e.Lines.Select(line => line with { UnitPrice = 0 }));
    }

    private static IEnumerable<Line> Lines(System.Text.Json.JsonElement order) => new LoggedEvent(0, "", "", "", order).Lines;

    // Orders use the price of the read copy, which only moves forward: an old price after a new one was applied late or twice.
    private void CheckPriceOrder(AuditedFile orders, AuditedFile catalog)
    {
        var since = catalog
            .Log.Where(e => e.Name is "catalog.product-added" or "catalog.price-changed")
            .GroupBy(e => (e.Id("productId"), e.Data.GetProperty("price").GetDecimal()))
            .ToDictionary(price => price.Key, price => price.First().Position);
        var seen = new Dictionary<Guid, long>();
        foreach (var placed in orders.Log.Where(e => e.Name == "orders.order-placed"))
        {
            foreach (var line in placed.Lines)
            {
                var position = since.GetValueOrDefault((line.Product, line.UnitPrice), -1);
                Check(position >= seen.GetValueOrDefault(line.Product), Fault.Reordered, $"an older price in {placed.Data}");
                seen[line.Product] = position;
            }
        }
    }

    /// <summary>The events of a source that a subscriber has applied according to its checkpoint.</summary>
    private List<LoggedEvent> Applied(AuditedFile subscriber, AuditedFile source, bool caughtUp)
    {
        var (who, last) = ($"{subscriber.Module} <- {source.Module}", source.Log.Count);
        var checkpoint = subscriber.CheckpointOf(source.Module);
        Check(checkpoint.Position <= last, Fault.Lost, $"{who} has read on to {checkpoint.Position}, but the log ends at {last}");
        Check(!caughtUp || checkpoint.Position == last, Fault.Lost, $"{who} stands at {checkpoint.Position}; the log ends at {last}");
        if (checkpoint.Position is > 0 and var position && position <= last)
        {
            var read = new Checkpoint(source.Epoch, position, source.Log[(int)position - 1].EventId);
            Check(checkpoint == read, Fault.Lost, $"{who} has read another event at {position} than the log has");
        }
        var letters = subscriber.LettersOf(source.Module);
        CheckLetters(who, source, letters, checkpoint.Position);
        var open = letters.Select(letter => letter.Position).ToHashSet();
        return [.. source.Log.Where(e => e.Position <= checkpoint.Position && !open.Contains(e.Position))];
    }

    // Only the event of a newer build may fail, and no later event with its key may be applied before it.
    private void CheckLetters(string who, AuditedFile source, IReadOnlyList<Letter> letters, long checkpoint)
    {
        foreach (var dead in letters.Where(letter => letter.Status == "dead"))
        {
            var isNewer = dead.Error.StartsWith("UnreadableEventException", StringComparison.Ordinal);
            Check(isNewer, Fault.Wrong, $"{who} could not apply {dead.Position}: {dead.Error}");
        }
        foreach (var key in letters.GroupBy(letter => letter.Key))
        {
            var waiting = source.Log.Where(e => e.Key == key.Key && HandledByHistory.Contains(e.Name));
            var expected = waiting.Select(e => e.Position).Where(at => at >= key.First().Position && at <= checkpoint);
            var actual = key.Select(letter => letter.Position);
            Check(actual.SequenceEqual(expected), Fault.Reordered, $"{who}: an event of key {key.Key} overtook a dead letter");
        }
    }

    private void CheckOrders(AuditedFile orders, Expected expected)
    {
        Compare(
            orders,
            expected.OrderRows(),
            "SELECT lower(id), lower(customer_id), placed_at, currency, status, cancellation_reason, version FROM orders"
        );
        Compare(
            orders,
            expected.OrderLineRows(),
            """
            SELECT lower(o.id), l.position, lower(l.product_id), l.quantity, l.unit_price, l.returned
            FROM order_lines l LEFT JOIN orders o ON o.sequence = l.order_sequence
            """
        );
        Compare(
            orders,
            expected.ReturnRows(),
            """
            SELECT lower(r.id), lower(r.order_id), lower(r.customer_id), r.returned_at, l.position, lower(l.product_id), l.quantity, l.unit_price
            FROM returns r LEFT JOIN return_lines l ON l.return_sequence = r.sequence
            """
        );
        Compare(orders, expected.Prices(), "SELECT lower(product_id), price, currency, is_discontinued FROM product_copies");
        Compare(orders, expected.ErasedCustomers(), "SELECT lower(customer_id) FROM erased_customers");
    }

    private void CheckHistory(AuditedFile history, Expected expected)
    {
        const string sums = "orders, quantity_bought, amount_bought, quantity_returned, amount_returned";
        Compare(history, expected.KnownCustomers(), "SELECT lower(customer_id), label, is_erased FROM customers");
        Compare(history, expected.KnownProducts(), "SELECT lower(product_id), sku, name FROM products");
        Compare(
            history,
            expected.PurchaseRows(),
            """
            SELECT lower(o.order_id), lower(b.product_id), lower(c.customer_id), p.quantity, p.amount, p.bought_at
            FROM purchases p LEFT JOIN orders o ON o.sequence = p.order_sequence LEFT JOIN products b ON b.sequence = p.product_sequence
            LEFT JOIN customers c ON c.sequence = o.customer_sequence
            """
        );
        Compare(
            history,
            expected.CustomerProductRows(),
            $"""
            SELECT lower(c.customer_id), lower(b.product_id), {sums}, last_bought FROM customer_products r
            LEFT JOIN customers c ON c.sequence = r.customer_sequence LEFT JOIN products b ON b.sequence = r.product_sequence
            """
        );
        Compare(
            history,
            expected.ProductTotalRows(),
            $"SELECT lower(b.product_id), {sums} FROM product_totals t LEFT JOIN products b ON b.sequence = t.product_sequence"
        );
    }

    private void Compare(AuditedFile file, IEnumerable<string> expected, string sql)
    {
        var (wanted, found) = (expected.ToHashSet(), file.Lines(sql));
        foreach (var row in found.Where(row => !wanted.Remove(row)))
        {
            Check(false, Fault.Wrong, $"{file.Module} has a row that the logs do not account for, or twice: {row} ({sql})");
        }
        foreach (var row in wanted)
        {
            Check(false, Fault.Lost, $"{file.Module} lacks a row that the logs account for: {row} ({sql})");
        }
    }

    private void Check(bool holds, Fault fault, string what)
    {
        if (!holds)
        {
            findings.Add(new Finding(fault, what));
        }
    }
}
