using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ModularShop.Kernel.Diagnostics;

/// <summary>
/// For crash tests with a real process: kills the process, as a power failure would, when a module reaches a fault point for the n-th
/// time. Enabled by the environment variable <see cref="Variable"/>, for example <c>orders:after-commit:3</c>.
/// </summary>
internal sealed class KillAtFaultPoint(string module, FaultPoint point, int count)
{
    public const string Variable = "MODULARSHOP_KILL_AT";

    private int reached;

    /// <summary>The hook that the environment variable requests; null when it is not set.</summary>
    /// <exception cref="InvalidSettingException">The variable does not have the form <c>module:fault-point:count</c>.</exception>
    public static Action<string, FaultPoint>? FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? Parse(value).Reach : null;

    private static KillAtFaultPoint Parse(string value) =>
        value.Split(':') is [var module, var name, var number]
        && Enum.GetValues<FaultPoint>().Where(point => NameOf(point) == name).ToList() is [var point]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new KillAtFaultPoint(module, point, count)
            : throw new InvalidSettingException(
                $"{Variable} is '{value}'; it reads module:fault-point:count, where the fault point is one of "
                    + $"{string.Join(", ", Enum.GetValues<FaultPoint>().Select(NameOf))}."
            );

    private static string NameOf(FaultPoint point) => JsonNamingPolicy.KebabCaseLower.ConvertName(point.ToString());

    private void Reach(string reachedBy, FaultPoint at)
    {
        if (at == point && reachedBy == module && Interlocked.Increment(ref reached) == count)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit(); // Blocks until the signal ends the process, so that no more code runs here.
        }
    }
}
