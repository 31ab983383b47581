namespace ModularShop.Host.Import;

/// <summary>Collects orders or returns that are sent to the shop in one request.</summary>
internal sealed class InvoiceBatch(Func<IReadOnlyList<Invoice>, CancellationToken, Task> send)
{
    // Half of the allowed size of a request: each request is one unit of work, and other commands wait for it.
    private const int MaxInvoices = 100;
    private const int MaxLines = 2500;

    private readonly List<Invoice> invoices = [];
    private int lines;

    public async Task Add(Invoice invoice, CancellationToken ct)
    {
        if (invoices.Count == MaxInvoices || lines + invoice.LineCount > MaxLines)
        {
            await Flush(ct);
        }
        invoices.Add(invoice);
        lines += invoice.LineCount;
    }

    public async Task Flush(CancellationToken ct)
    {
        if (invoices.Count > 0)
        {
            await send(invoices, ct);
            invoices.Clear();
            lines = 0;
        }
    }
}
