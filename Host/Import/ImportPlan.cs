using System.Runtime.InteropServices;

namespace ModularShop.Host.Import;

/// <summary>The number of orders or returns, the number of their lines, and their total.</summary>
internal readonly record struct InvoiceTotals(long Invoices, long Lines, decimal Total)
{
    public static InvoiceTotals operator +(InvoiceTotals left, InvoiceTotals right) =>
        new(left.Invoices + right.Invoices, left.Lines + right.Lines, left.Total + right.Total);
}

/// <summary>
/// The result of the first reading of a file: the products and customers to import, and the number of lines of each invoice. Its size
/// depends on their number, not on the number of lines.
/// </summary>
internal sealed class ImportPlan
{
    // The limits of the Orders module.
    private const int MaxInvoiceLines = 5000;
    private const decimal MaxInvoiceTotal = 1_000_000_000;

    private readonly Dictionary<string, PlannedProduct> products = [];
    private readonly Dictionary<string, PlannedCustomer> customers = [];
    private readonly Dictionary<string, PlannedInvoice> invoices = [];
    private readonly SortedDictionary<LineKind, long> skipped = [];

    public long Rows { get; private set; }

    /// <summary>The number of the last line in the file.</summary>
    public long LastLine { get; set; }

    /// <summary>Whether days or months come first in dates with the year last; null when no line shows it.</summary>
    public DateEvidence? Dates { get; set; }

    /// <summary>A date that can be read in two ways, when no line shows which is right; otherwise null.</summary>
    public AmbiguousDate? Undecided { get; set; }

    public InvoiceTotals Orders { get; private set; }

    public InvoiceTotals Returns { get; private set; }

    public IReadOnlyCollection<PlannedProduct> Products => products.Values;

    public IReadOnlyCollection<PlannedCustomer> Customers => customers.Values;

    /// <summary>The number of lines that are neither part of an order nor of a return, by reason.</summary>
    public IReadOnlyDictionary<LineKind, long> Skipped => skipped;

    /// <summary>The number of lines of an invoice; zero for one that is not in the plan.</summary>
    public int LinesOf(string invoice) => invoices.TryGetValue(invoice, out var planned) ? planned.Lines : 0;

    /// <exception cref="MalformedLineException">The line contradicts earlier lines of its invoice.</exception>
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

/// <summary>A customer, with the country of the line with the latest date.</summary>
internal sealed class PlannedCustomer(string number)
{
    private DateTimeOffset? seen;

    public string Number => number;

    /// <summary>Null when no line contains a country.</summary>
    public string? Country { get; private set; }

    public void Take(RetailLine line)
    {
        if (line.Country.Length > 0 && (seen is null || line.Date >= seen))
        {
            (seen, Country) = (line.Date, line.Country);
        }
    }
}
