namespace ModularShop.Catalog.Features;

/// <summary>A sort order of products. It ends with the product's number, so that each position is unique.</summary>
internal sealed record ProductSort(string Name, string Column, bool Descending)
{
    private static readonly ProductSort[] All =
    [
        new("name", "p.name", Descending: false),
        new("-name", "p.name", Descending: true),
        new("price", "p.price", Descending: false),
        new("-price", "p.price", Descending: true),
        new("newest", "p.number", Descending: true),
        new("relevance", SearchTerms.Rank, Descending: false),
    ];

    public bool NeedsRank => Column == SearchTerms.Rank;

    public string OrderBy => Descending ? $"{Column} DESC, p.number DESC" : $"{Column}, p.number";

    public string AfterCondition => $"({Column}, p.number) {(Descending ? '<' : '>')} ($key, $number)";

    /// <summary>The sort with this name; null when there is none. Without a name: by relevance in a search, otherwise by name.</summary>
    public static ProductSort? Find(string? name, SearchTerms? terms)
    {
        var isSearch = terms is not null;
        var wanted = name ?? (isSearch ? "relevance" : "name");
        return Array.Find(All, sort => sort.Name == wanted && (isSearch || !sort.NeedsRank));
    }

    public BrowseProducts.Position PositionOf(BrowseProducts.Row row) =>
        Column switch
        {
            "p.name" => new(Name, row.Name, 0, row.Number),
            "p.price" => new(Name, null, row.Price, row.Number),
            "p.number" => new(Name, null, row.Number, row.Number),
            _ => new(Name, null, row.Rank, row.Number),
        };
}
