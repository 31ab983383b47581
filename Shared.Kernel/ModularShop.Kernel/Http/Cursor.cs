using System.Buffers.Text;
using System.Text.Json;

namespace ModularShop.Kernel.Http;

/// <summary>One page of a list. <see cref="Next"/> is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// An opaque mark of a place in a sorted list: the sort key of the last item. Pages stay right while items are
/// added and removed, as a place is a value and not a number of rows.
/// </summary>
public static class Cursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public static string Encode<TKey>(TKey key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

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
            return JsonSerializer.Deserialize<TKey>(Base64Url.DecodeFromChars(cursor));
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
    public static Page<T> Page<T, TKey>(IReadOnlyList<T> items, int limit, Func<T, TKey> key) =>
        items.Count > limit ? new Page<T>([.. items.Take(limit)], Encode(key(items[limit - 1]))) : new Page<T>(items, null);
}
