using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Catalog.Domain;

/// <summary>A product that the shop sells or has sold.</summary>
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

    /// <summary>The row number, for the search index and for paging.</summary>
    public long Number { get; private set; }

    public Guid Id { get; private set; }

    /// <summary>The stock code. It is case-sensitive: 85123A and 85123a are two products.</summary>
    public string Sku { get; private set; }

    public string Name { get; private set; }

    public string? Description { get; private set; }

    public decimal Price { get; private set; }

    public string Currency { get; private set; }

    public bool IsDiscontinued { get; private set; }

    public DateTimeOffset AddedAt { get; private set; }

    /// <summary>The date of the sale that an imported name or price comes from; null when the product was not imported.</summary>
    public DateTimeOffset? ListedAsOf { get; private set; }

    /// <summary>Whether a person has set the name. Imports then keep it.</summary>
    public bool NameIsSet { get; private set; }

    /// <summary>Whether a person has set the price. Imports then keep it.</summary>
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

    /// <summary>Takes the name and price of a later sale, except what a person has set.</summary>
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

/// <summary>The effect of an imported sale on a product.</summary>
internal enum Relisting
{
    /// <summary>The sale is not later, or has the same name and price.</summary>
    NoNews,

    /// <summary>The name or price of the product has changed.</summary>
    Changed,

    /// <summary>A sale with the same time has another name or price. The first one is kept.</summary>
    Differs,

    /// <summary>The sale has another name or price, but a person has set the current one, which is kept.</summary>
    Kept,
}
