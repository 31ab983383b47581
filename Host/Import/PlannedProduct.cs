namespace ModularShop.Host.Import;

/// <summary>A product in the file: the name and price of its latest sale line or, if there is none, of its latest return line.</summary>
internal sealed class PlannedProduct(string sku)
{
    private Latest sold;
    private Latest returned;

    public string Sku => sku;

    public string Name => sold.Name ?? returned.Name ?? sku;

    public decimal Price => sold.At is null ? returned.Price : sold.Price;

    /// <summary>The date of the line that the price comes from.</summary>
    public DateTimeOffset AsOf => sold.At ?? returned.At ?? default;

    public void Take(RetailLine line)
    {
        if (line.Kind is LineKind.Sale)
        {
            sold.Take(line);
        }
        else
        {
            returned.Take(line);
        }
    }

    private struct Latest
    {
        private DateTimeOffset? namedAt;

        public DateTimeOffset? At { get; private set; }

        public decimal Price { get; private set; }

        public string? Name { get; private set; }

        // Among lines with the same date, the higher price and the name that sorts last count, so that the result does not depend on
        // the order of the lines. A blank name is ignored.
        public void Take(RetailLine line)
        {
            if (At is null || line.Date > At || line.Date == At && line.UnitPrice > Price)
            {
                (At, Price) = (line.Date, line.UnitPrice);
            }
            if (
                line.Description.Length > 0
                && (namedAt is null || line.Date > namedAt || line.Date == namedAt && IsAfter(line.Description))
            )
            {
                (namedAt, Name) = (line.Date, line.Description);
            }
        }

        private readonly bool IsAfter(string name) => string.CompareOrdinal(name, Name) > 0;
    }
}
