using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Import;

/// <summary>
/// The second reading of a file: imports the customers and products of the plan, then orders and returns in the order in which they are
/// completed in the file. Everything is safe to repeat: an interrupted import can be run again.
/// </summary>
internal sealed class OnlineRetailImport(ShopImports shop, OnlineRetailFile file, ImportPlan plan, string currency)
{
    private const int ItemsPerRequest = 1000;

    private readonly Dictionary<string, Guid> customers = [];
    private readonly Dictionary<string, Guid> products = [];

    // Invoices whose last line has not been read yet: one, unless invoices are interleaved.
    private readonly Dictionary<string, Invoice> open = [];
    private readonly ImportResult result = new() { Rows = plan.Rows, Skipped = plan.Skipped };

    /// <param name="report">Called from time to time with the current line number.</param>
    /// <exception cref="CommandFailedException">The shop refused something, or the file has changed since it was checked.</exception>
    public async Task<ImportResult> Run(Action<long> report, CancellationToken ct)
    {
        await ImportCustomers(ct);
        await ImportProducts(ct);
        await ImportInvoices(report, ct);
        return result;
    }

    private async Task ImportCustomers(CancellationToken ct)
    {
        foreach (var chunk in plan.Customers.Chunk(ItemsPerRequest))
        {
            var items = chunk.Select(customer => new CustomerImport(customer.Number, customer.Country));
            var answer = await shop.Import(new CustomersImport([.. items]), ct);
            result.NewCustomers += answer.Added;
            result.KeptCustomers += answer.Kept;
            foreach (var customer in answer.Customers)
            {
                customers[customer.Number] = customer.CustomerId;
            }
        }
        result.Customers = customers.Count;
    }

    private async Task ImportProducts(CancellationToken ct)
    {
        foreach (var chunk in plan.Products.Chunk(ItemsPerRequest))
        {
            var items = chunk.Select(product => new ProductImport(product.Sku, product.Name, product.Price, currency, product.AsOf));
            var answer = await shop.Import(new ProductsImport([.. items]), ct);
            result.Add(answer);
            foreach (var product in answer.Products)
            {
                products[product.Sku] = product.ProductId;
            }
        }
        result.Products = products.Count;
    }

    private async Task ImportInvoices(Action<long> report, CancellationToken ct)
    {
        var orders = new InvoiceBatch(SendOrders);
        var returns = new InvoiceBatch(SendReturns);
        using var reader = file.Read(plan.Dates);
        while (Read(reader) is { } line)
        {
            if (!line.Kind.IsSkipped() && Take(line) is { } complete)
            {
                await (complete.IsReturn ? returns : orders).Add(complete, ct);
                report(line.Number);
            }
        }
        await orders.Flush(ct);
        await returns.Flush(ct);
        report(reader.LastLine);
        if (open.Count > 0)
        {
            throw Changed();
        }
    }

    private static RetailLine? Read(OnlineRetailReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (Exception e) when (e is UnreadableFileException or MalformedLineException)
        {
            throw Changed();
        }
    }

    /// <summary>The invoice that this line completes; null when it completes none.</summary>
    private Invoice? Take(RetailLine line)
    {
        var customerId = line.Customer is { } customer ? Find(customers, customer) : (Guid?)null;
        if (!open.TryGetValue(line.Invoice, out var invoice))
        {
            invoice = new Invoice(line.Invoice, line.Kind is LineKind.Return, customerId);
            open.Add(line.Invoice, invoice);
        }
        invoice.Add(line, Find(products, line.StockCode));
        if (invoice.LineCount < plan.LinesOf(line.Invoice))
        {
            return null;
        }
        open.Remove(line.Invoice);
        return invoice;
    }

    private async Task SendOrders(IReadOnlyList<Invoice> batch, CancellationToken ct)
    {
        var items = batch.Select(order => new OrderImport(order.Number, order.CustomerId, currency, order.Date, order.Lines()));
        result.Add(await shop.Import(new OrdersImport([.. items]), ct));
    }

    private async Task SendReturns(IReadOnlyList<Invoice> batch, CancellationToken ct)
    {
        var items = batch.Select(item => new ReturnImport(item.Number, item.CustomerId, currency, item.Date, item.Lines()));
        result.Add(await shop.Import(new ReturnsImport([.. items]), ct));
    }

    private static Guid Find(Dictionary<string, Guid> known, string key) => known.TryGetValue(key, out var id) ? id : throw Changed();

    private static CommandFailedException Changed() => new("The file changed while it was imported. Run the command again.");
}
