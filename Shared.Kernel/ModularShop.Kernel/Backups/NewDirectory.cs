using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Creates a directory atomically: it is filled under a temporary name beside its final place, and moved there when all of its files
/// are on disk. The temporary name shows that what a killed process leaves behind is incomplete.
/// </summary>
internal sealed class NewDirectory : IDisposable
{
    private readonly string place;

    private NewDirectory(string place, string path)
    {
        this.place = place;
        Path = path;
    }

    /// <summary>The path under which the directory is filled.</summary>
    public string Path { get; }

    public static NewDirectory Beside(string place)
    {
        var full = RealPath.Of(place);
        var parent = Directory.CreateDirectory(Parent(full)).FullName;
        var path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(full)}.incomplete-{Guid.CreateVersion7():N}");
        OwnerOnly.CreateDirectory(path);
        return new NewDirectory(full, path);
    }

    /// <summary>Creates a file in the directory that only its owner can read.</summary>
    public FileStream Create(string name) => OwnerOnly.Open(System.IO.Path.Combine(Path, name), FileMode.CreateNew);

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <summary>Moves the directory to its place, where at most an empty directory may exist. All files must be on disk.</summary>
    public void Complete()
    {
        DirectoryEntries.Flush(Path);
        if (Directory.Exists(place))
        {
            Directory.Delete(place);
        }
        Directory.Move(Path, place);
        DirectoryEntries.Flush(Parent(place));
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static string Parent(string path) => System.IO.Path.GetDirectoryName(path) ?? path;
}
