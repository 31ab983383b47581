using ModularShop.Kernel;
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

    /// <summary>The date of the sale that an imported name or price is taken from.</summary>
    public DateTimeOffset? ListedAsOf { get; private set; }

    /// <summary>Whether a person gave the product its name; no import replaces it then.</summary>
    public bool NameIsSet { get; private set; }

    /// <summary>Whether a person gave the product its price; no import replaces it then.</summary>
    public bool PriceIsSet { get; private set; }

    public long Version { get; private set; } = 1;

    public static Product Add(string sku, string name, string? description, decimal price, string currency, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), sku, name, description, price, currency, now) { NameIsSet = true, PriceIsSet = true };

    public static Product Import(string sku, string name, decimal price, string currency, DateTimeOffset asOf, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), sku, name, description: null, price, currency, now) { ListedAsOf = asOf };

    public void Describe(string name, string? description)
    {
        RefuseWhenDiscontinued();
        Name = name;
        NameIsSet = true;
        Description = description;
        Version++;
    }

    public void Reprice(decimal price, string currency)
    {
        RefuseWhenDiscontinued();
        Price = price;
        Currency = currency;
        PriceIsSet = true;
        Version++;
    }

    public void Discontinue()
    {
        RefuseWhenDiscontinued();
        IsDiscontinued = true;
        Version++;
    }

    /// <summary>Takes name and price from a later sale, but for what a person decided.</summary>
    public Relisting Relist(string name, decimal price, string currency, DateTimeOffset asOf)
    {
        if (asOf < ListedAsOf)
        {
            return Relisting.NoNews;
        }
        var (otherName, otherPrice) = (name != Name, price != Price || currency != Currency);
        var isNews = (otherName && MayRename) || (otherPrice && MayReprice);
        if (asOf == ListedAsOf)
        {
            return isNews ? Relisting.Differs : Relisting.NoNews;
        }
        if (isNews)
        {
            Name = MayRename ? name : Name;
            (Price, Currency) = MayReprice ? (price, currency) : (Price, Currency);
            ListedAsOf = asOf;
            Version++;
            return Relisting.Changed;
        }
        if (otherName || otherPrice)
        {
            return Relisting.Kept;
        }
        ListedAsOf = asOf;
        return Relisting.NoNews;
    }

    private bool MayRename => !IsDiscontinued && !NameIsSet;

    private bool MayReprice => !IsDiscontinued && !PriceIsSet;

    private void RefuseWhenDiscontinued()
    {
        if (IsDiscontinued)
        {
            throw new ConflictException($"Product {Sku} is discontinued.");
        }
    }
}

/// <summary>What a later sale did to a product.</summary>
internal enum Relisting
{
    /// <summary>It is not later, or says the same.</summary>
    NoNews,

    /// <summary>The product has another name or price now.</summary>
    Changed,

    /// <summary>A sale of the same time says otherwise; the one that came first stays.</summary>
    Differs,

    /// <summary>The sale says otherwise; what a person decided stays.</summary>
    Kept,
}
