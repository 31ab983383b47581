namespace ModularShop.Benchmarks.Harness;

/// <summary>Directories of the modules' files.</summary>
internal static class DataFiles
{
    /// <summary>Bytes of a module's file and its WAL, or of all modules'.</summary>
    public static long Size(string directory, string module = "*") =>
        Directory.EnumerateFiles(directory, $"{module}.db*").Sum(file => new FileInfo(file).Length);

    public static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source, "*.db*"))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    public static void Remove(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
