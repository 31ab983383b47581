using System.Diagnostics;
using System.Globalization;

namespace ModularShop.Benchmarks.Harness;

/// <summary>What several processes have used together (Linux).</summary>
/// <param name="Resident">Bytes in memory. Pages that processes share are counted for each of them.</param>
/// <param name="Proportional">The same, but each shared page is divided among the processes that have it.</param>
internal sealed record ProcessTotals(TimeSpan Cpu, long Resident, long Proportional)
{
    public static ProcessTotals Of(IEnumerable<int> processes)
    {
        var sum = new ProcessTotals(TimeSpan.Zero, 0, 0);
        foreach (var id in processes)
        {
            using var process = Process.GetProcessById(id);
            sum = new ProcessTotals(
                sum.Cpu + process.TotalProcessorTime,
                sum.Resident + Memory(id, "Rss:"),
                sum.Proportional + Memory(id, "Pss:")
            );
        }
        return sum;
    }

    private static long Memory(int process, string label)
    {
        var line = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return 1024 * long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
