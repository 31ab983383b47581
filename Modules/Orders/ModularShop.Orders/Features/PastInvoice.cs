using System.Globalization;
using ModularShop.Orders.Contracts;

namespace ModularShop.Orders.Features;

/// <summary>A past order or return: as a client states it, or as it is stored.</summary>
/// <param name="Lines">The lines in any order.</param>
/// <param name="HasLineTimes">Whether the times of the lines are stored. Those of a return's lines are not, and are not compared.</param>
/// <param name="ForgotCustomer">Whether the invoice had a customer who was erased later, so that customers cannot be compared.</param>
internal sealed record PastInvoice(
    string Number,
    Guid? CustomerId,
    string Currency,
    DateTimeOffset At,
    IReadOnlyList<PricedLine> Lines,
    bool HasLineTimes = true,
    bool ForgotCustomer = false
)
{
    private const int MaxReasons = 3;

    public decimal Total => Lines.Sum(line => line.Quantity * line.UnitPrice);

    public IReadOnlyList<OrderedLine> PublishedLines() =>
        [.. Lines.Select(line => new OrderedLine(line.ProductId, line.Quantity, line.UnitPrice, line.BoughtAt))];

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
        var (held, others) = (Comparable(this), Comparable(stated));
        if (!held.SequenceEqual(others))
        {
            reasons.AddRange(Shortened(LineDifferences(held, others)));
        }
        return reasons;
    }

    private List<PricedLine> Comparable(PastInvoice invoice) =>
        [.. invoice.Lines.Select(line => line with { BoughtAt = HasLineTimes ? line.BoughtAt ?? invoice.At : null })];

    // Lines have no numbers, and spreadsheets sort them. What counts is how often each line occurs.
    private static IEnumerable<string> LineDifferences(List<PricedLine> stored, List<PricedLine> stated)
    {
        var unmatched = Unmatched(stored, stated).ToLookup(of => of.Line.ProductId, of => of.Line);
        var held = unmatched.ToDictionary(lines => lines.Key, lines => new Queue<PricedLine>(lines));
        var others = new List<int>();
        foreach (var (number, line) in Unmatched(stated, stored))
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
    private static IEnumerable<(int Number, PricedLine Line)> Unmatched(List<PricedLine> lines, List<PricedLine> others)
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

    private static string Difference(PricedLine held, PricedLine stated) =>
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
