using System.Globalization;

namespace ModularShop.Orders.Domain;

/// <summary>The data of a past order or return for a comparison: as it is stored, or as an import states it.</summary>
/// <param name="Lines">The lines in any order.</param>
/// <param name="ForgotCustomer">Whether the invoice had a customer who was erased later, so that customers cannot be compared.</param>
internal sealed record PastInvoice(
    Guid? CustomerId,
    string Currency,
    DateTimeOffset At,
    IReadOnlyList<LineItem> Lines,
    bool ForgotCustomer = false
)
{
    private const int MaxReasons = 3;

    /// <summary>How the stated invoice differs, as sentences without ids; empty when it does not.</summary>
    public IReadOnlyList<string> DifferencesTo(PastInvoice stated)
    {
        var reasons = new List<string>();
        if (CustomerId != stated.CustomerId && !ForgotCustomer)
        {
            reasons.Add(
                CustomerId is null ? "it is held without a customer"
                : stated.CustomerId is null ? "it is held with a customer"
                : "it is held for another customer"
            );
        }
        if (Currency != stated.Currency)
        {
            reasons.Add($"currency {Currency} is held, not {stated.Currency}");
        }
        if (At != stated.At)
        {
            reasons.Add($"date {Text(At)} is held, not {Text(stated.At)}");
        }
        if (!Lines.SequenceEqual(stated.Lines))
        {
            reasons.AddRange(Shortened(LineDifferences(stated.Lines)));
        }
        return reasons;
    }

    // Lines have no numbers, and spreadsheets sort them. What counts is how often each line occurs.
    private IEnumerable<string> LineDifferences(IReadOnlyList<LineItem> stated)
    {
        var unmatched = Unmatched(Lines, stated).ToLookup(line => line.Item.ProductId, line => line.Item);
        var held = unmatched.ToDictionary(lines => lines.Key, lines => new Queue<LineItem>(lines));
        var others = new List<int>();
        foreach (var (number, line) in Unmatched(stated, Lines))
        {
            if (held.TryGetValue(line.ProductId, out var same) && same.TryDequeue(out var other))
            {
                yield return $"line {number}: {Difference(other, line)}";
            }
            else
            {
                others.Add(number);
            }
        }
        var left = held.Values.Sum(lines => lines.Count);
        foreach (var number in others)
        {
            yield return left-- > 0 ? $"line {number}: another product is held" : $"line {number} is not held";
        }
        if (left > 0)
        {
            yield return $"{left} more {(left == 1 ? "line is" : "lines are")} held";
        }
    }

    // The lines that the other list does not contain, or contains less often, with their numbers.
    private static IEnumerable<(int Number, LineItem Item)> Unmatched(IReadOnlyList<LineItem> lines, IReadOnlyList<LineItem> others)
    {
        var counts = others.CountBy(line => line).ToDictionary();
        for (var i = 0; i < lines.Count; i++)
        {
            var count = counts.GetValueOrDefault(lines[i]);
            if (count == 0)
            {
                yield return (i + 1, lines[i]);
            }
            else
            {
                counts[lines[i]] = count - 1;
            }
        }
    }

    private static string Difference(LineItem held, LineItem stated) =>
        string.Join(
            ", ",
            new[]
            {
                held.Quantity == stated.Quantity ? null : $"quantity {held.Quantity} is held, not {stated.Quantity}",
                held.UnitPrice == stated.UnitPrice ? null : $"price {Text(held.UnitPrice)} is held, not {Text(stated.UnitPrice)}",
                held.BoughtAt == stated.BoughtAt ? null : $"date {Text(held.BoughtAt)} is held, not {Text(stated.BoughtAt)}",
            }.OfType<string>()
        );

    private static List<string> Shortened(IEnumerable<string> reasons)
    {
        var all = reasons.ToList();
        return all.Count <= MaxReasons ? all : [.. all.Take(MaxReasons), $"and {all.Count - MaxReasons} more lines"];
    }

    private static string Text(DateTimeOffset? time) => time is { } at ? Text(at) : "none";

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture);

    private static string Text(decimal price) => price.ToString("0.00##", CultureInfo.InvariantCulture);
}
