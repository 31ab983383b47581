using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// The identity (on Linux; elsewhere all files look the same) and the length of the file at a path. Reading it takes about a
/// microsecond.
/// </summary>
internal readonly record struct FileOnDisk(bool Exists, ulong Device, ulong Inode, long Length)
{
    private const int CurrentDirectory = -100;
    private const uint TypeInodeAndSize = 0x1 | 0x100 | 0x200;
    private const int TypeBits = 0xF000;
    private const int OrdinaryFile = 0x8000;
    private const int NoEntry = 2;

    /// <summary>Whether it is a regular file: not a directory, device, pipe or socket.</summary>
    public bool IsOrdinary { get; private init; }

    /// <summary>Null when the path cannot be examined, for example because a parent directory denies access.</summary>
    public static FileOnDisk? At(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileOnDisk(true, 0, 0, file.Length) { IsOrdinary = true } : default(FileOnDisk);
        }
        // The layout of struct statx is the same on all processors, unlike that of struct stat.
        Span<byte> found = stackalloc byte[256];
        return StatX(CurrentDirectory, path, 0, TypeInodeAndSize, ref MemoryMarshal.GetReference(found)) == 0
                ? new FileOnDisk(true, Read(found, 136), Read(found, 32), (long)Read(found, 40)) { IsOrdinary = IsOrdinaryIn(found) }
            : Marshal.GetLastPInvokeError() == NoEntry ? default(FileOnDisk)
            : null;
    }

    public bool IsSameAs(FileOnDisk other) => (Exists, Device, Inode) == (other.Exists, other.Device, other.Inode);

    private static bool IsOrdinaryIn(ReadOnlySpan<byte> found) => (MemoryMarshal.Read<ushort>(found[28..]) & TypeBits) == OrdinaryFile;

    private static ulong Read(ReadOnlySpan<byte> from, int offset) =>
        BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt64LittleEndian(from[offset..])
            : BinaryPrimitives.ReadUInt64BigEndian(from[offset..]);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int StatX(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte found);
}
