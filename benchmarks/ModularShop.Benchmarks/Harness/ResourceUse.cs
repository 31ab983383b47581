using System.Diagnostics;
using System.Globalization;

namespace ModularShop.Benchmarks.Harness;

/// <summary>What a process has used so far.</summary>
/// <param name="Written">Bytes that went to the disk, as the kernel counts them (Linux).</param>
/// <param name="PeakMemory">The greatest resident size in its life so far, in bytes.</param>
internal sealed record ResourceUse(TimeSpan Cpu, long Allocated, long Written, long PeakMemory)
{
    public static ResourceUse OfThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        return Of(self, GC.GetTotalAllocatedBytes());
    }

    public static ResourceUse Of(Process process, long allocated)
    {
        process.Refresh();
        return new ResourceUse(process.TotalProcessorTime, allocated, BytesWritten(process.Id), process.PeakWorkingSet64);
    }

    /// <summary>What was used since an earlier look; the peak is that of the whole life.</summary>
    public ResourceUse Since(ResourceUse before) =>
        this with
        {
            Cpu = Cpu - before.Cpu,
            Allocated = Allocated - before.Allocated,
            Written = Written - before.Written,
        };

    private static long BytesWritten(int process) =>
        File.ReadLines($"/proc/{process}/io").First(line => line.StartsWith("write_bytes:", StringComparison.Ordinal)) is var line
            ? long.Parse(line.AsSpan(line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture)
            : 0;
}
