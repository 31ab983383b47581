namespace ModularShop.Kernel.Persistence;

/// <summary>How decimals are kept in a file: as an integer count of ten-thousandths. For handlers that write SQL themselves.</summary>
public static class ExactDecimal
{
    private const decimal Scale = 10_000m;

    /// <summary>The greatest amount that fits into the stored integer.</summary>
    public const decimal Max = long.MaxValue / Scale;

    /// <exception cref="ArgumentException">The amount has more than four decimals: nothing is ever rounded silently.</exception>
    /// <exception cref="OverflowException">The amount is beyond <see cref="Max"/>.</exception>
    public static long ToStored(decimal amount)
    {
        var scaled = amount * Scale;
        return decimal.Truncate(scaled) == scaled
            ? decimal.ToInt64(scaled)
            : throw new ArgumentException($"{amount} has more than four decimals.", nameof(amount));
    }

    public static decimal FromStored(long stored) => stored / Scale;

    /// <summary>Whether the amount can be stored exactly.</summary>
    public static bool Fits(decimal amount) => Math.Abs(amount) <= Max && decimal.Truncate(amount * Scale) == amount * Scale;
}
