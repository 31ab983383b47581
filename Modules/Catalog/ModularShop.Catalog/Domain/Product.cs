using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Catalog.Domain;

/// <summary>Something that the shop sells, or has sold.</summary>
internal sealed class Product : IIdentified
{
    private Product(Guid id, string sku, string name, string? description, decimal price, string currency, DateTimeOffset addedAt)
    {
        Id = id;
        Sku = sku;
        Name = name;
        Description = description;
        Price = price;
        Currency = currency;
        AddedAt = addedAt;
    }

    /// <summary>Its row number, for the search index and for paging.</summary>
    public long Number { get; private set; }

    public Guid Id { get; private set; }

    /// <summary>The stock code. Upper and lower case differ: 85123A and 85123a are two products.</summary>
    public string Sku { get; private set; }

    public string Name { get; private set; }

    public string? Description { get; private set; }

    public decimal Price { get; private set; }

    public string Currency { get; private set; }

    public bool IsDiscontinued { get; private set; }

    public DateTimeOffset AddedAt { get; private set; }

    /// <summary>The date of the sale that an imported name and price are taken from.</summary>
    public DateTimeOffset? ListedAsOf { get; private set; }

    public long Version { get; private set; } = 1;

    public static Product Add(string sku, string name, string? description, decimal price, string currency, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), sku, name, description, price, currency, now);

    public static Product Import(string sku, string name, decimal price, string currency, DateTimeOffset asOf, DateTimeOffset now)
    {
        var product = Add(sku, name, description: null, price, currency, now);
        product.ListedAsOf = asOf;
        return product;
    }

    public void Describe(string name, string? description)
    {
        RefuseWhenDiscontinued();
        Name = name;
        Description = description;
        Version++;
    }

    public void Reprice(decimal price, string currency)
    {
        RefuseWhenDiscontinued();
        Price = price;
        Currency = currency;
        Version++;
    }

    public void Discontinue()
    {
        RefuseWhenDiscontinued();
        IsDiscontinued = true;
        Version++;
    }

    /// <summary>Takes name and price from a later sale; false when this one is no news, or the product is discontinued.</summary>
    public bool Relist(string name, decimal price, string currency, DateTimeOffset asOf)
    {
        if (IsDiscontinued || asOf <= ListedAsOf)
        {
            return false;
        }
        ListedAsOf = asOf;
        if (name == Name && price == Price && currency == Currency)
        {
            return false;
        }
        Name = name;
        Price = price;
        Currency = currency;
        Version++;
        return true;
    }

    private void RefuseWhenDiscontinued()
    {
        if (IsDiscontinued)
        {
            throw new ConflictException($"Product {Sku} is discontinued.");
        }
    }
}
