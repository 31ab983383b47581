using System.Text;
using Microsoft.Data.Sqlite;

namespace ModularShop.Catalog.Features;

/// <summary>
/// What people typed, as conditions of SQLite's full-text search on products p, in which every sign has a meaning.
/// A product is found when it has each of the words, by its stem or as the beginning of a word. Signs are no words, and whoever
/// types nothing else finds nothing.
/// </summary>
internal sealed class SearchTerms
{
    /// <summary>Each word costs two searches.</summary>
    public const int MaxWords = 20;

    /// <summary>
    /// Less is better: first the product whose stock code was typed, then those with all the words in their name, the
    /// shortest name first. It is a matter of the product alone, where bm25 changes with every product that is added,
    /// and the places between pages with it.
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

    /// <summary>Null where nothing was typed.</summary>
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

    // What the index takes for part of a word; without any, nothing could ever be found.
    private static bool IsWord(string word) => word.EnumerateRunes().Any(sign => Rune.IsLetter(sign) || Rune.IsNumber(sign));

    // In quotes nothing is an operator. A NUL would end the query.
    private static string Quoted(string word) => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal).Replace('\0', ' ')}\"";
}
