using System.Globalization;
using CsvHelper;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Import;

/// <summary>An order or a return of the file.</summary>
internal sealed record RawInvoice(string Number, Guid? CustomerId, List<OrderedLine> Lines)
{
    public DateTimeOffset Date { get; set; } = DateTimeOffset.MaxValue;

    public bool IsReturn => Number[0] == 'C';
}

/// <summary>A product, as the latest line that sold it has it.</summary>
internal sealed record RawProduct(Guid Id, string Sku)
{
    public string? Name { get; set; }

    public decimal Price { get; set; }

    public DateTimeOffset NamedAt { get; set; }

    public DateTimeOffset PricedAt { get; set; }
}

/// <summary>The whole file in memory. It is assumed to be valid.</summary>
internal sealed class RawSales
{
    public Dictionary<string, (Guid Id, string Country)> Customers { get; } = [];

    public Dictionary<string, RawProduct> Products { get; } = [];

    public Dictionary<string, RawInvoice> Invoices { get; } = [];

    public static RawSales Read(string path)
    {
        var sales = new RawSales();
        using var file = File.OpenRead(path);
        using var csv = CsvReader.Create(file, new CsvReaderOptions { Separator = ',' });
        while (csv.Read())
        {
            sales.Take(
                csv.GetString(0),
                csv.GetString(1),
                csv.GetString(2).Trim(),
                int.Parse(csv.GetString(3), CultureInfo.InvariantCulture),
                DateTimeOffset.Parse(csv.GetString(4), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                decimal.Parse(csv.GetString(5), CultureInfo.InvariantCulture),
                csv.GetString(6),
                csv.GetString(7)
            );
        }
        return sales;
    }

    private void Take(
        string number,
        string sku,
        string name,
        int quantity,
        DateTimeOffset date,
        decimal price,
        string customer,
        string country
    )
    {
        var isSale = char.IsAsciiDigit(number[0]);
        if (price < 0 || !(isSale ? quantity > 0 : number[0] == 'C' && quantity < 0))
        {
            return; // What the shop skips.
        }
        if (!Products.TryGetValue(sku, out var product))
        {
            Products[sku] = product = new RawProduct(Guid.CreateVersion7(), sku);
        }
        if (customer.Length > 0)
        {
            Customers[customer] = (Customers.TryGetValue(customer, out var known) ? known.Id : Guid.CreateVersion7(), country);
        }
        if (!Invoices.TryGetValue(number, out var invoice))
        {
            invoice = new RawInvoice(number, customer.Length > 0 ? Customers[customer].Id : null, []);
            Invoices[number] = invoice;
        }
        invoice.Lines.Add(new OrderedLine(product.Id, Math.Abs(quantity), price, date));
        invoice.Date = date < invoice.Date ? date : invoice.Date;
        Describe(product, isSale, name, price, date);
    }

    // A return determines the name and price of a product only if there is no sale of it.
    private static void Describe(RawProduct product, bool isSale, string name, decimal price, DateTimeOffset date)
    {
        var told = isSale ? date : DateTimeOffset.UnixEpoch;
        if (told >= product.PricedAt)
        {
            (product.Price, product.PricedAt) = (price, told);
        }
        if (name.Length > 0 && told >= product.NamedAt)
        {
            (product.Name, product.NamedAt) = (name, told);
        }
    }
}
