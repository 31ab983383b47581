using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Http;

/// <summary>One page of a list. <see cref="Next"/> is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// An opaque position in a sorted list: the sort key of the last item of a page. The key must be unique; otherwise items that share the
/// key with the last item of a page are lost. Pages stay correct while items are added and removed, because the position is a value and
/// not a number of rows.
/// </summary>
public static class Cursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>
    /// The approximate maximum number of characters of a page. A page ends early before it exceeds this, but has at least one item.
    /// </summary>
    public const long MaxWeight = 1024 * 1024;

    public static string Encode<TKey>(TKey key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key, Strict<TKey>.Json));

    /// <summary>The sort key in a cursor; the default when there is no cursor, that is, for the first page.</summary>
    /// <exception cref="BadRequestException"><see cref="Encode"/> did not produce the cursor for this list.</exception>
    public static TKey? Decode<TKey>(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return default;
        }
        try
        {
            return JsonSerializer.Deserialize<TKey>(Base64Url.DecodeFromChars(cursor), Strict<TKey>.Json)
                ?? throw new JsonException("There is no key.");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new BadRequestException("This cursor does not belong to this list; start again without it.", "after");
        }
    }

    /// <summary>The requested number of items, or the default.</summary>
    /// <exception cref="BadRequestException">The number is not from 1 to <see cref="MaxLimit"/>.</exception>
    public static int Limit(int? limit) =>
        limit switch
        {
            null => DefaultLimit,
            >= 1 and <= MaxLimit => limit.Value,
            _ => throw new BadRequestException($"The limit is a number from 1 to {MaxLimit}.", "limit"),
        };

    /// <summary>Makes a page of items that were read with a limit one greater, which shows whether more items follow.</summary>
    /// <param name="key">Returns the sort key of an item. It must be unique.</param>
    /// <param name="weight">
    /// Returns the approximate number of characters of an item, if items can be large: see <see cref="MaxWeight"/>.
    /// </param>
    public static Page<T> Page<T, TKey>(IReadOnlyList<T> items, int limit, Func<T, TKey> key, Func<T, long>? weight = null)
    {
        var count = Math.Min(items.Count, limit);
        if (weight is not null)
        {
            count = Fitting(items, count, weight);
        }
        return items.Count > count ? new Page<T>([.. items.Take(count)], Encode(key(items[count - 1]))) : new Page<T>(items, null);
    }

    private static int Fitting<T>(IReadOnlyList<T> items, int count, Func<T, long> weight)
    {
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            total += weight(items[i]);
            if (total > MaxWeight && i > 0)
            {
                return i;
            }
        }
        return count;
    }

    // Options for each type, as they cache it: a static field of a generic type is released with the module's assembly.
    private static class Strict<TKey>
    {
        // A cursor of another list has other fields. It is refused, as its missing fields would otherwise be read as defaults.
        public static readonly JsonSerializerOptions Json = new()
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
    }
}
