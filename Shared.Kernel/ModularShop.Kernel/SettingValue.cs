using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;

namespace ModularShop.Kernel;

/// <summary>
/// Reads values in the notation of the configuration: integers, durations such as <c>00:01:00</c>, true or false, names.
/// </summary>
internal static class SettingValue
{
    /// <summary>What is wrong with a value, as the end of a sentence; null if it is valid.</summary>
    public static string? Problem(string? text, Type type, RangeAttribute? range)
    {
        if (type == typeof(TimeSpan))
        {
            var (least, most) = Limits(range, TimeSpan.Zero, TimeSpan.MaxValue, Duration);
            return TryDuration(text, out var duration)
                ? least <= duration && duration <= most
                    ? null
                    : $"it is a duration from {Text(least)} to {Text(most)}."
                : $"a duration has hours, minutes and seconds, as in 00:01:00, or days before them, as in 1.00:00:00.{Hint(text)}";
        }
        if (type == typeof(int) || type == typeof(long))
        {
            var (least, most) = Limits(
                range,
                type == typeof(int) ? int.MinValue : long.MinValue,
                type == typeof(int) ? int.MaxValue : long.MaxValue,
                Whole
            );
            return
                BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && least <= number
                && number <= most
                ? null
                : $"it is a whole number from {least} to {most}, written in digits alone.";
        }
        if (type == typeof(bool))
        {
            return bool.TryParse(text, out _) ? null : "it is true or false.";
        }
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)
                ? null
                : $"it is one of {string.Join(", ", Enum.GetNames(type))}.";
        }
        return null;
    }

    /// <summary>Whether values of this type are checked here.</summary>
    public static bool CanCheck(Type type) =>
        type == typeof(TimeSpan)
        || type == typeof(int)
        || type == typeof(long)
        || type == typeof(bool)
        || type == typeof(string)
        || type.IsEnum;

    /// <summary>A duration in the notation of the configuration, without trailing zeros in the fraction of seconds.</summary>
    public static string Text(TimeSpan duration)
    {
        var text = duration.ToString("c", CultureInfo.InvariantCulture);
        return text.Contains(':', StringComparison.Ordinal) && text.LastIndexOf('.') > text.LastIndexOf(':') ? text.TrimEnd('0') : text;
    }

    // .NET accepts more, with surprising results: it reads 60 as 60 days, and 1:30 as an hour and a half.
    private static bool TryDuration(string? text, out TimeSpan duration)
    {
        duration = default;
        return text?.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
    }

    private static string Hint(string? text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 86_400 * 366L)
        {
            return $" {text} seconds are {Text(TimeSpan.FromSeconds(seconds))}.";
        }
        return "";
    }

    private static (T Least, T Most) Limits<T>(RangeAttribute? range, T least, T most, Func<object, T> read) =>
        range is null ? (least, most) : (read(range.Minimum), read(range.Maximum));

    private static TimeSpan Duration(object limit) =>
        limit as TimeSpan? ?? TimeSpan.ParseExact((string)limit, "c", CultureInfo.InvariantCulture);

    private static long Whole(object limit) => Convert.ToInt64(limit, CultureInfo.InvariantCulture);
}
