using System.Runtime.InteropServices;

namespace ModularShop.Host;

/// <summary>
/// Limits the number of heaps that the C library keeps for SQLite's allocations. glibc has a heap for each thread that allocates. Pages
/// that one thread allocates and another one frees leave holes in all of them: a shop under load took twice the memory. Few heaps were
/// as fast.
/// </summary>
internal static class NativeHeaps
{
    private const int MaxArenas = -8; // M_ARENA_MAX of malloc.h

    /// <summary>Has an effect with glibc only.</summary>
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
