namespace ModularShop.Host.Import;

/// <summary>The header of a file, with the column names of Online Retail or Online Retail II in any order.</summary>
internal static class RetailHeader
{
    private const int MaxShown = 200;

    private static readonly string[][] Names =
    [
        ["InvoiceNo", "Invoice"],
        ["StockCode"],
        ["Description"],
        ["Quantity"],
        ["InvoiceDate"],
        ["UnitPrice", "Price"],
        ["CustomerID", "Customer ID"],
        ["Country"],
    ];

    private static readonly (char Character, string Name)[] OtherSeparators = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];

    /// <summary>The column names of Online Retail. The fields of a line are in this order.</summary>
    public static readonly IReadOnlyList<string> Columns = [.. Names.Select(names => names[0])];

    /// <summary>The index of each of <see cref="Columns"/> in the file.</summary>
    /// <exception cref="UnreadableFileException">The header is different. The message shows it and the probable reason.</exception>
    public static int[] Read(long line, string[] fields)
    {
        var places = Array.ConvertAll(Names, names => Array.FindIndex(fields, field => names.Any(name => IsNamed(field, name))));
        return fields.Length == Names.Length && places.Min() >= 0
            ? places
            : throw new UnreadableFileException(
                line,
                $"the header is neither {string.Join(',', Columns)} nor {string.Join(',', Names.Select(names => names[^1]))}. "
                    + $"Found: {SpreadsheetText.Shown(string.Join(',', fields), MaxShown)}. {Cause(fields, places)}"
            );
    }

    // Case, blanks and underscores are ignored.
    private static bool IsNamed(string field, string name) =>
        Bare(SpreadsheetText.Clean(field)).Equals(Bare(name), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string name) => name.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static string Cause(string[] fields, int[] places)
    {
        var missing = Columns.Where((_, i) => places[i] < 0).ToList();
        if (fields is [var only])
        {
            return OneColumn(only);
        }
        if (missing.Count == 0)
        {
            var other = fields
                .Where((_, i) => !places.Contains(i))
                .Select(field => field.Trim() is "" ? "an empty column" : field)
                .ToList();
            return places.Min() > 0 && other.Count == 1
                ? "The first column looks like an index, as pandas writes it; save the file without it (index=False)."
                : $"Remove the other columns: {SpreadsheetText.Shown(string.Join(", ", other), MaxShown)}.";
        }
        return missing.Count == Columns.Count
            ? "The first line looks like data, or the file is of another kind; put the header before it."
            : $"Missing: {string.Join(", ", missing)}.";
    }

    private static string OneColumn(string text)
    {
        foreach (var (character, name) in OtherSeparators)
        {
            if (text.Contains(character, StringComparison.Ordinal))
            {
                return $"The columns are separated by {name}; save the file with commas.";
            }
        }
        return text.Contains(',', StringComparison.Ordinal)
            ? "Each line as a whole stands in quotes; save the file without these."
            : "It has one column only.";
    }
}
