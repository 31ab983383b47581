using System.Runtime.InteropServices;

namespace ModularShop.Kernel.Diagnostics;

/// <summary>The processor time that single threads have used, as Linux counts it. Other systems are not asked.</summary>
internal static class ThreadTime
{
    private const int OfCaller = 3; // CLOCK_THREAD_CPUTIME_ID
    private const int OfOther = 6; // CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED: beside a thread's id, the number of that thread's clock.
    private const int NanosecondsPerTick = 100;

    public static bool IsKnown { get; } = OperatingSystem.IsLinux();

    /// <summary>The time of the calling thread, in ticks of 100 ns. Only where <see cref="IsKnown"/>.</summary>
    public static long Now => GetTime(OfCaller, out var time) == 0 ? time.Ticks : 0;

    /// <summary>The number of the calling thread in the system. Only where <see cref="IsKnown"/>.</summary>
    public static int CallerId => GetThreadId();

    /// <summary>The time of another thread of this process; null when it has ended.</summary>
    public static TimeSpan? Of(int threadId) => GetTime((~threadId << 3) | OfOther, out var time) == 0 ? new TimeSpan(time.Ticks) : null;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [DllImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetThreadId();

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        private readonly nint seconds;
        private readonly nint nanoseconds;

        public readonly long Ticks => seconds * TimeSpan.TicksPerSecond + nanoseconds / NanosecondsPerTick;
    }
}
