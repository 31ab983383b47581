using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Http;

/// <summary>One page of a list. <see cref="Next"/> is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// An opaque mark of a place in a sorted list: the sort key of the last item. The key must be unique, else the items that share
/// it with the last one of a page are lost. Pages stay right while items are added and removed, as a place is a value and not
/// a number of rows.
/// </summary>
public static class Cursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>About how many characters a page may have. It ends early rather than hold more, but has one item at least.</summary>
    public const long MaxWeight = 1024 * 1024;

    // A cursor of another list has other fields, and is refused instead of being read as a place that is nowhere.
    private static readonly JsonSerializerOptions Strict = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static string Encode<TKey>(TKey key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key, Strict));

    /// <summary>The key, or the default when there is no cursor: the first page.</summary>
    /// <exception cref="BadRequestException">The cursor was not made by <see cref="Encode"/> for this list.</exception>
    public static TKey? Decode<TKey>(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return default;
        }
        try
        {
            return JsonSerializer.Deserialize<TKey>(Base64Url.DecodeFromChars(cursor), Strict)
                ?? throw new JsonException("There is no key.");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new BadRequestException("This cursor does not belong to this list; start again without it.", "after");
        }
    }

    /// <summary>The number of items asked for, or the default.</summary>
    /// <exception cref="BadRequestException">It is not from 1 to <see cref="MaxLimit"/>.</exception>
    public static int Limit(int? limit) =>
        limit switch
        {
            null => DefaultLimit,
            >= 1 and <= MaxLimit => limit.Value,
            _ => throw new BadRequestException($"The limit is a number from 1 to {MaxLimit}.", "limit"),
        };

    /// <summary>A page of items that were read with a limit one greater, to see whether more follow.</summary>
    /// <param name="key">The sort key of an item; no two items have the same.</param>
    /// <param name="weight">About how many characters an item has, where that is not bounded: see <see cref="MaxWeight"/>.</param>
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
}
