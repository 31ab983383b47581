namespace ModularShop.Kernel.Http;

/// <summary>Reads a list in parts while it is sent, so that memory holds only one part at a time, however large the items are.</summary>
internal static class Parts
{
    /// <summary>The approximate number of characters of a part. The part ends with the item that reaches this number.</summary>
    public const long MaxCharacters = 1024 * 1024;

    /// <summary>
    /// Reads the first part at once: an error before the answer begins gets a status, a later one can only abort the answer.
    /// </summary>
    /// <param name="read">
    /// Reads up to the given number of items after the last one (null at first), or fewer once they reach <see cref="MaxCharacters"/>.
    /// </param>
    public static IEnumerable<T> Read<T>(int limit, Func<T?, int, IReadOnlyList<T>> read, Func<T, long> characters)
        where T : class
    {
        return Rest(limit, read(null, limit), read, characters);
    }

    private static IEnumerable<T> Rest<T>(int limit, IReadOnlyList<T> part, Func<T?, int, IReadOnlyList<T>> read, Func<T, long> characters)
        where T : class
    {
        while (true)
        {
            foreach (var item in part)
            {
                yield return item;
            }
            limit -= part.Count;
            if (limit == 0 || part.Sum(characters) < MaxCharacters)
            {
                yield break;
            }
            part = read(part[^1], limit);
        }
    }
}
