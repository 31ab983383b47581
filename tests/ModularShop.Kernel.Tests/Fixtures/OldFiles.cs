
namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Files of modules as older kernels left them, kept as SQL in the folder Logs.</summary>
internal static class OldFiles
{
    /// <summary>A new directory with the files that a kernel with that version of its tables wrote.</summary>
    public static string Restore(string version)
    {
        var directory = TestApplication.NewDirectory();
        foreach (var dump in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Logs", version), "*.sql"))
        {
            ModuleFile.Execute(directory, Path.GetFileNameWithoutExtension(dump), File.ReadAllText(dump));
        }
        return directory;
    }
}
