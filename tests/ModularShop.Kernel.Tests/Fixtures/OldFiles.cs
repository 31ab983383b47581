namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Module files of older kernels, stored as SQL in the folder Logs.</summary>
internal static class OldFiles
{
    /// <summary>A new directory with the files of a kernel with this version of its tables.</summary>
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
