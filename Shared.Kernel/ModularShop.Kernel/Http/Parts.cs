namespace ModularShop.Kernel.Http;

/// <summary>Reads a list in parts while it is sent, so that no more of it is in memory than a part, however large its items are.</summary>
internal static class Parts
{
    /// <summary>About how many characters a part has; it ends with the item that reaches them.</summary>
    public const long MaxCharacters = 1024 * 1024;

    /// <summary>The first part is read at once, so that what is wrong becomes an answer; an answer that has begun can only be cut off.</summary>
    /// <param name="read">Reads the items after the last one, null at first: so many, or fewer of <see cref="MaxCharacters"/>.</param>
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
