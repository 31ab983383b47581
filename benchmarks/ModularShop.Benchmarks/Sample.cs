namespace ModularShop.Benchmarks;

/// <summary>Figures of which the middle or the rare worst counts.</summary>
internal static class Sample
{
    public static double Median(IEnumerable<double> values) => Percentile([.. values], 50);

    /// <summary>The smallest value that so many per cent do not exceed; NaN of nothing.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
    }
}
