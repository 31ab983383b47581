namespace ModularShop.Catalog.Features;

/// <summary>Turns what people type into a query of SQLite's full-text search, in which every sign has a meaning.</summary>
internal static class SearchTerms
{
    /// <summary>Each word quoted, so that nothing in it is an operator, and matched as the beginning of a word; null without words.</summary>
    public static string? ToMatch(string? typed)
    {
        var words = (typed ?? "")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Replace("\"", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal))
            .Where(word => word.Any(char.IsLetterOrDigit))
            .Select(word => $"\"{word}\"*")
            .ToList();
        return words.Count == 0 ? null : string.Join(' ', words);
    }
}
