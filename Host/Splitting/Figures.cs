using System.Globalization;

namespace ModularShop.Host.Splitting;

/// <summary>How the report computes and writes its figures.</summary>
internal static class Figures
{
    private const double Mega = 1024 * 1024;
    private const double Kilo = 1024;

    private const int Decimals = 4;

    /// <summary>0 when no time has passed.</summary>
    public static double PerSecond(double amount, double seconds) => seconds > 0 ? Round(amount / seconds) : 0;

    /// <summary>Null when there is nothing to divide by.</summary>
    public static double? Share(double? part, double? whole) => whole > 0 ? Round(part / whole) : null;

    public static double Round(double value) => Math.Round(value, Decimals);

    public static double? Round(double? value) => value is { } known ? Round(known) : null;

    public static string Text(double? value) => value is { } known ? known.ToString(Format(known), CultureInfo.InvariantCulture) : "-";

    public static string Percent(double? share) => share is { } known ? (100 * known).ToString("0", CultureInfo.InvariantCulture) : "-";

    public static string Megabytes(double? bytes) => Text(bytes / Mega);

    public static string Kilobytes(double? bytes) => Text(bytes / Kilo);

    private static string Format(double value) =>
        Math.Abs(value) switch
        {
            < 0.1 => "0.###",
            < 10 => "0.##",
            _ => "0",
        };
}
