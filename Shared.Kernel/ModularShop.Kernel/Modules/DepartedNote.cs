using System.Text;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A small file in the place of a module's file that was moved to another process. It shows that the module must not begin with a new
/// file here.
/// </summary>
internal static class DepartedNote
{
    private const string Extension = ".moved";

    public static bool IsFor(string moduleFile) => File.Exists(PathFor(moduleFile));

    /// <summary>The process that the module was moved to; null when it was not.</summary>
    public static string? ReadFor(string moduleFile) => IsFor(moduleFile) ? File.ReadAllText(PathFor(moduleFile)).Trim() : null;

    public static void Write(string moduleFile, string process) =>
        OwnerOnly.Replace(PathFor(moduleFile), Encoding.UTF8.GetBytes(process + "\n"));

    public static void Delete(string moduleFile) => File.Delete(PathFor(moduleFile));

    private static string PathFor(string moduleFile) => Path.ChangeExtension(moduleFile, Extension);
}
