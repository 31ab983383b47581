using System.Text;
using Microsoft.Data.Sqlite;

namespace ModularShop.Catalog.Features;

/// <summary>
/// Converts a typed search to SQLite full-text conditions on products p, where many characters have a special meaning. A product is
/// found if it contains each word, by its stem or as the beginning of a word. Other characters are ignored; a search without a word
/// finds nothing.
/// </summary>
internal sealed class SearchTerms
{
    /// <summary>Each word costs two searches.</summary>
    public const int MaxWords = 20;

    /// <summary>
    /// The rank of a product; lower is better. The product whose stock code was typed comes first, then products with all words in
    /// their name, shorter names first. The rank depends on the product only: bm25 would change with each added product, and cursors
    /// with it.
    /// </summary>
    public const string Rank = """
        (length(p.name) + CASE
            WHEN p.sku = $typed COLLATE NOCASE THEN 0
            WHEN p.number IN (SELECT rowid FROM product_stems WHERE product_stems MATCH $inName) THEN 1000
            ELSE 2000
        END)
        """;

    private readonly string typed;

    private SearchTerms(string typed, IReadOnlyList<string> words)
    {
        this.typed = typed.Trim();
        Words = words;
    }

    public IReadOnlyList<string> Words { get; }

    /// <summary>Null when nothing was typed.</summary>
    public static SearchTerms? Parse(string? typed) =>
        string.IsNullOrWhiteSpace(typed)
            ? null
            : new SearchTerms(typed, [.. typed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(IsWord).Distinct()]);

    public IEnumerable<string> Conditions() =>
        Words.Select(
            (_, i) =>
                $"""
                    p.number IN (
                        SELECT rowid FROM product_stems WHERE product_stems MATCH $stem{i}
                        UNION ALL SELECT rowid FROM product_words WHERE product_words MATCH $word{i}
                    )
                    """
        );

    public IEnumerable<SqliteParameter> Parameters() =>
        Words
            .SelectMany(
                (word, i) => new[] { new SqliteParameter($"$stem{i}", Quoted(word)), new SqliteParameter($"$word{i}", $"{Quoted(word)}*") }
            )
            .Append(new SqliteParameter("$typed", typed))
            .Append(new SqliteParameter("$inName", $"name : ({string.Join(' ', Words.Select(Quoted))})"));

    // The index contains letters and digits only; a word without any of them would find nothing.
    private static bool IsWord(string word) => word.EnumerateRunes().Any(sign => Rune.IsLetter(sign) || Rune.IsNumber(sign));

    // Within quotes there are no operators. A NUL would end the query.
    private static string Quoted(string word) => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal).Replace('\0', ' ')}\"";
}
