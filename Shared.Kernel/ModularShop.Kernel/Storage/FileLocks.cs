namespace ModularShop.Kernel.Storage;

/// <summary>Locks that are files which a process holds open. The operating system releases them when the process ends.</summary>
internal static class FileLocks
{
    // The systems' error codes for a file that another process holds: ERROR_SHARING_VIOLATION and two values of EWOULDBLOCK.
    private const int HeldOnWindows = unchecked((int)0x80070020);
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;

    /// <summary>Whether a file could not be opened because another process holds it.</summary>
    public static bool IsHeld(IOException e) => e.HResult is HeldOnWindows or HeldOnLinux or HeldOnMac;
}
