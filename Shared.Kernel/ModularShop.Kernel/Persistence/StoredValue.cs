using System.Globalization;

namespace ModularShop.Kernel.Persistence;

/// <summary>How values are kept that SQLite has no type for: as Microsoft.Data.Sqlite writes them for EF Core.</summary>
internal static class StoredValue
{
    // Statements bind these types without conversion.
    private static readonly HashSet<Type> Plain = [typeof(long), typeof(int), typeof(bool), typeof(string), typeof(Guid), typeof(byte[])];

    private static readonly HashSet<Type> Others =
    [
        typeof(double),
        typeof(float),
        typeof(short),
        typeof(sbyte),
        typeof(byte),
        typeof(ushort),
        typeof(uint),
        typeof(ulong),
        typeof(char),
        typeof(DateTime),
        typeof(DateOnly),
        typeof(TimeOnly),
        typeof(TimeSpan),
    ];

    /// <summary>Whether a statement binds values of this type without <see cref="Of"/>.</summary>
    public static bool IsPlain(Type type) => Plain.Contains(type);

    public static bool IsKnown(Type type) => Plain.Contains(type) || Others.Contains(type);

    /// <summary>What a statement binds.</summary>
    /// <exception cref="InvalidOperationException">The value is NaN, which SQLite would store as NULL.</exception>
    public static object? Of(object? value) =>
        value switch
        {
            double.NaN or float.NaN => throw new InvalidOperationException("NaN cannot be stored."),
            float number => (double)number,
            short number => (long)number,
            sbyte number => (long)number,
            byte number => (long)number,
            ushort number => (long)number,
            uint number => (long)number,
            ulong number => unchecked((long)number),
            char letter => letter.ToString(),
            DateTime time => time.ToString(@"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateOnly date => date.ToString(@"yyyy\-MM\-dd", CultureInfo.InvariantCulture),
            TimeOnly { Ticks: var ticks } time => time.ToString(
                ticks % TimeSpan.TicksPerSecond == 0 ? @"HH\:mm\:ss" : @"HH\:mm\:ss.fffffff",
                CultureInfo.InvariantCulture
            ),
            TimeSpan duration => duration.ToString("c", CultureInfo.InvariantCulture),
            _ => value,
        };
}
