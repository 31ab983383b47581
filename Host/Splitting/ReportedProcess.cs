using System.Globalization;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.Splitting;

/// <summary>A process of the shop in the report.</summary>
/// <param name="Name">Null without a topology.</param>
/// <param name="Problem">Why it could not be asked; null when it was.</param>
/// <param name="Cpu">How many processors it kept busy.</param>
/// <param name="CpuSinceStart">The same since its start.</param>
/// <param name="NotAttributedCpu">The part that no module's own code used; null where that is not known.</param>
internal sealed record ReportedProcess(
    string? Name,
    string? Problem,
    int Processors,
    double Cpu,
    double CpuSinceStart,
    double? NotAttributedCpu,
    long MemoryBytes,
    long ManagedBytes,
    double UptimeSeconds
)
{
    public static IReadOnlyList<string> Columns { get; } =
    ["Process", "CPU cores", "Since start", "Not attributed", "Of cores", "Memory MB", ".NET objects MB", "Up s", "Problem"];

    public static ReportedProcess Of(ProcessLoadView load)
    {
        double? attributed = load.Modules.Any(module => module is { Problem: null, CpuSeconds: null })
            ? null
            : load.Modules.Sum(module => module.CpuSeconds ?? 0);
        return new ReportedProcess(
            load.Name,
            load.Problem,
            load.Processors,
            Figures.PerSecond(load.CpuSeconds, load.Seconds),
            Figures.PerSecond(load.CpuSecondsSinceStart, load.UptimeSeconds),
            attributed is null ? null : Math.Max(0, Figures.PerSecond(load.CpuSeconds - attributed.Value, load.Seconds)),
            load.MemoryBytes,
            load.ManagedBytes,
            load.UptimeSeconds
        );
    }

    public IReadOnlyList<string?> Cells() =>
        Problem is not null
            ? [Name, "-", "-", "-", "-", "-", "-", "-", Problem]
            :
            [
                Name ?? "-",
                Figures.Text(Cpu),
                Figures.Text(CpuSinceStart),
                Figures.Text(NotAttributedCpu),
                Processors.ToString(CultureInfo.InvariantCulture),
                Figures.Megabytes(MemoryBytes),
                Figures.Megabytes(ManagedBytes),
                Figures.Text(UptimeSeconds),
                "",
            ];
}
