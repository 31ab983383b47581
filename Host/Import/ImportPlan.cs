using System.Runtime.InteropServices;

namespace ModularShop.Host.Import;

/// <summary>How many orders or returns, with how many lines, worth how much.</summary>
internal readonly record struct InvoiceTotals(long Invoices, long Lines, decimal Total)
{
    public static InvoiceTotals operator +(InvoiceTotals left, InvoiceTotals right) =>
        new(left.Invoices + right.Invoices, left.Lines + right.Lines, left.Total + right.Total);
}

/// <summary>
/// What a first reading of the whole file finds: the products and customers to import, and of each invoice as much as
/// shows where its last line is. It grows with their number, not with the number of lines.
/// </summary>
internal sealed class ImportPlan
{
    // What the Orders module takes.
    private const int MaxInvoiceLines = 5000;
    private const decimal MaxInvoiceTotal = 1_000_000_000;

    private readonly Dictionary<string, PlannedProduct> products = [];
    private readonly Dictionary<string, PlannedCustomer> customers = [];
    private readonly Dictionary<string, PlannedInvoice> invoices = [];
    private readonly SortedDictionary<LineKind, long> skipped = [];

    public long Rows { get; private set; }

    /// <summary>The number of the last line.</summary>
    public long LastLine { get; set; }

    /// <summary>What comes first in dates with the year last; null if there are none, or none of them shows it.</summary>
    public DateEvidence? Dates { get; set; }

    /// <summary>A date that can be read in two ways, where no line of the file shows which is right; else null.</summary>
    public AmbiguousDate? Undecided { get; set; }

    public InvoiceTotals Orders { get; private set; }

    public InvoiceTotals Returns { get; private set; }

    public IReadOnlyCollection<PlannedProduct> Products => products.Values;

    public IReadOnlyCollection<PlannedCustomer> Customers => customers.Values;

    /// <summary>Lines that become neither part of an order nor of a return.</summary>
    public IReadOnlyDictionary<LineKind, long> Skipped => skipped;

    /// <summary>The number of lines of an invoice; zero for one that is not in the plan.</summary>
    public int LinesOf(string invoice) => invoices.TryGetValue(invoice, out var planned) ? planned.Lines : 0;

    /// <exception cref="MalformedLineException">The line does not go with those of its invoice before it.</exception>
    public void Add(RetailLine line)
    {
        Rows++;
        if (line.Kind.IsSkipped())
        {
            skipped[line.Kind] = skipped.GetValueOrDefault(line.Kind) + 1;
            return;
        }
        AddToInvoice(line);
        ref var product = ref CollectionsMarshal.GetValueRefOrAddDefault(products, line.StockCode, out _);
        (product ??= new PlannedProduct(line.StockCode)).Take(line);
        if (line.Customer is { } number)
        {
            ref var customer = ref CollectionsMarshal.GetValueRefOrAddDefault(customers, number, out _);
            (customer ??= new PlannedCustomer(number)).Take(line);
        }
    }

    private void AddToInvoice(RetailLine line)
    {
        ref var invoice = ref CollectionsMarshal.GetValueRefOrAddDefault(invoices, line.Invoice, out var isKnown);
        if (isKnown && invoice.Customer != line.Customer)
        {
            throw new MalformedLineException(
                line.Number,
                $"invoice {line.Invoice} is of {Name(line.Customer)} here and of {Name(invoice.Customer)} before."
            );
        }
        invoice = new PlannedInvoice(line.Customer, invoice.Lines + 1, invoice.Total + line.Amount);
        if (invoice.Lines > MaxInvoiceLines || invoice.Total > MaxInvoiceTotal)
        {
            throw new MalformedLineException(
                line.Number,
                $"invoice {line.Invoice} has more than {MaxInvoiceLines} lines, or is worth more than {MaxInvoiceTotal}."
            );
        }
        var added = new InvoiceTotals(isKnown ? 0 : 1, 1, line.Amount);
        (Orders, Returns) = line.Kind is LineKind.Sale ? (Orders + added, Returns) : (Orders, Returns + added);
    }

    private static string Name(string? customer) => customer is null ? "a guest" : $"customer {customer}";

    private readonly record struct PlannedInvoice(string? Customer, int Lines, decimal Total);
}

/// <summary>A customer, in the country of the latest line.</summary>
internal sealed class PlannedCustomer(string number)
{
    private DateTimeOffset? seen;

    public string Number => number;

    /// <summary>Null if no line says.</summary>
    public string? Country { get; private set; }

    public void Take(RetailLine line)
    {
        if (line.Country.Length > 0 && (seen is null || line.Date >= seen))
        {
            (seen, Country) = (line.Date, line.Country);
        }
    }
}
