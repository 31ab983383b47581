using System.Runtime.InteropServices;

namespace ModularShop.Host;

/// <summary>
/// Bounds the heaps that the C library keeps for SQLite. glibc has one for each thread that allocates, and pages that one
/// thread allocates and another frees leave holes in all of them: a shop under load took twice the memory. Few heaps are as fast.
/// </summary>
internal static class NativeHeaps
{
    private const int MaxArenas = -8; // M_ARENA_MAX of malloc.h

    /// <summary>Only glibc has this setting; elsewhere it does nothing.</summary>
    public static void Bound(int heaps)
    {
        if (
            OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, "mallopt", out var function)
        )
        {
            _ = Marshal.GetDelegateForFunctionPointer<SetOption>(function)(MaxArenas, heaps);
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetOption(int option, int value);
}
