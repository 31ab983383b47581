namespace ModularShop.Catalog.Features;

/// <summary>A way to sort products, each with the product's number as the last word so that every place is unique.</summary>
internal sealed record ProductSort(string Name, string Column, bool Descending)
{
    private static readonly ProductSort[] All =
    [
        new("name", "p.name", Descending: false),
        new("-name", "p.name", Descending: true),
        new("price", "p.price", Descending: false),
        new("-price", "p.price", Descending: true),
        new("newest", "p.number", Descending: true),
        new("relevance", "Rank", Descending: false),
    ];

    public bool NeedsRank => Name == "relevance";

    public string OrderBy => Descending ? $"{Column} DESC, p.number DESC" : $"{Column}, p.number";

    // bm25() cannot stand in a WHERE clause by its alias; the others can be compared as they are.
    public string AfterCondition =>
        $"({(NeedsRank ? "bm25(product_search)" : Column)}, p.number) {(Descending ? '<' : '>')} ($key, $number)";

    /// <summary>By name where nothing is asked for, by relevance where words are; null when there is no such sort.</summary>
    public static ProductSort? Find(string? name, string? search)
    {
        var isSearch = SearchTerms.ToMatch(search) is not null;
        var wanted = name ?? (isSearch ? "relevance" : "name");
        return Array.Find(All, sort => sort.Name == wanted && (isSearch || !sort.NeedsRank));
    }

    public BrowseProducts.Place PlaceOf(BrowseProducts.Row row) =>
        Column switch
        {
            "p.name" => new(Name, row.Name, 0, row.Number),
            "p.price" => new(Name, null, row.Price, row.Number),
            "p.number" => new(Name, null, row.Number, row.Number),
            _ => new(Name, null, row.Rank, row.Number),
        };
}
