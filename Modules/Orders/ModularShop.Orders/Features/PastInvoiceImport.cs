using FluentValidation;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Features;

/// <summary>A past order or return, as a client states it. In the requests, the time of each has its own name.</summary>
internal interface IStatedInvoice
{
    string Number { get; }

    Guid? CustomerId { get; }

    string Currency { get; }

    DateTimeOffset At { get; }

    IReadOnlyList<PricedLine> Lines { get; }
}

/// <summary>A stored order or return that differs from what an import states. The stored one is kept.</summary>
/// <param name="Reasons">What differs, without ids of customers: the stored answer may remain after a customer is erased.</param>
internal sealed record ImportDifference(string Number, IReadOnlyList<string> Reasons);

/// <summary>
/// What the imports of past orders and of past returns have in common. An invoice with a new number is added. One with a known number is
/// not changed, and is reported if the import states it differently.
/// </summary>
internal sealed class PastInvoiceImport
{
    public const int MaxInvoices = 200;

    private readonly Dictionary<string, PastInvoice> invoices;
    private readonly int known;
    private readonly List<ImportDifference> differences = [];

    private PastInvoiceImport(IEnumerable<PastInvoice> stored)
    {
        invoices = stored.ToDictionary(invoice => invoice.Number);
        known = invoices.Count;
    }

    public int Added => invoices.Count - known;

    /// <summary>The number of invoices in the request, new or known. Those with the same number count once.</summary>
    public int Count => invoices.Count;

    public int Lines => invoices.Values.Sum(invoice => invoice.Lines.Count);

    public decimal Total => invoices.Values.Sum(invoice => invoice.Total);

    /// <summary>Null when there are none, so that the answer leaves the field out.</summary>
    public IReadOnlyList<ImportDifference>? Differences => differences.Count == 0 ? null : differences;

    /// <param name="stored">The stored invoices with the stated numbers.</param>
    /// <param name="add">Adds an invoice, and publishes its event.</param>
    public static async Task<PastInvoiceImport> Run(
        OrdersDb db,
        IReadOnlyList<IStatedInvoice> stated,
        IEnumerable<PastInvoice> stored,
        Func<PastInvoice, CancellationToken, Task<PastInvoice>> add,
        CancellationToken ct
    )
    {
        var import = new PastInvoiceImport(stored);
        var erased = await db.ErasedAmong(stated.Select(invoice => invoice.CustomerId), ct);
        foreach (var item in stated)
        {
            var customerId = erased.Contains(item.CustomerId) ? null : item.CustomerId;
            var invoice = new PastInvoice(item.Number, customerId, item.Currency, item.At, item.Lines);
            if (!import.invoices.TryGetValue(invoice.Number, out var held))
            {
                import.invoices[invoice.Number] = await add(invoice, ct);
            }
            else if (held.DifferencesTo(invoice) is { Count: > 0 } reasons)
            {
                import.differences.Add(new ImportDifference(invoice.Number, reasons));
            }
        }
        return import;
    }
}

internal sealed class StatedInvoiceValidator<T> : AbstractValidator<T>
    where T : class, IStatedInvoice
{
    /// <param name="time">The property of the request that is the invoice's time, for the messages.</param>
    public StatedInvoiceValidator(string time)
    {
        RuleFor(i => i.Number).NotEmpty().MaximumLength(50);
        RuleFor(i => i.CustomerId).NotEqual(Guid.Empty);
        RuleFor(i => i.Currency).Currency();
        RuleFor(i => i.At).PastTime().OverridePropertyName(time);
        RuleFor(i => i.Lines).Lines();
        RuleForEach(i => i.Lines).NotNull().SetValidator(new PricedLineValidator());
    }
}
