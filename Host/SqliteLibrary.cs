using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace ModularShop.Host;

/// <summary>
/// Loads SQLite in the one-file build for Linux. The library is a resource that is loaded from memory, so that it needs neither a
/// writable home directory nor a file system that allows execution.
/// </summary>
internal static class SqliteLibrary
{
    private const string Import = "e_sqlite3";
    private const string Resource = "libe_sqlite3.so";
    private const uint CloseOnExec = 1;

    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>The resolver is called only when the library is not found as a file.</summary>
    public static void Install() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name == Import ? Loaded.Value : 0;

    /// <summary>Loads the library now, so that a failure ends the process instead of each module.</summary>
    /// <exception cref="DllNotFoundException">The library cannot be loaded.</exception>
    public static void MustLoad()
    {
        try
        {
            Batteries_V2.Init();
        }
        catch (TypeInitializationException e) when (e.GetBaseException() is DllNotFoundException inner)
        {
            throw Unusable(inner);
        }
        catch (DllNotFoundException e)
        {
            throw Unusable(e);
        }
    }

    private static nint Load()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource);
        if (resource is null)
        {
            return 0; // Not a one-file build for Linux.
        }
        using var memory = new SafeFileHandle(CreateInMemory(Resource, CloseOnExec), ownsHandle: true);
        if (memory.IsInvalid)
        {
            throw new DllNotFoundException($"no memory is given for it: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        using var file = new FileStream(memory, FileAccess.Write);
        resource.CopyTo(file);
        file.Flush();
        return NativeLibrary.Load($"/proc/self/fd/{memory.DangerousGetHandle()}");
    }

    private static DllNotFoundException Unusable(DllNotFoundException e) =>
        new(
            $"SQLite cannot be loaded: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. If it was unpacked to a file system that is mounted "
                + "noexec, name a directory of another one in DOTNET_BUNDLE_EXTRACT_BASE_DIR."
        );

    [DllImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint CreateInMemory([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);
}
