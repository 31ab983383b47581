using System.Text;

namespace ModularShop.Host.Topologies;

/// <summary>A file that an export writes.</summary>
/// <param name="IsSecret">Whether only its owner may read it.</param>
internal sealed record ExportedFile(string Name, string Content, bool IsSecret = false)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <returns>The path of the file.</returns>
    public string WriteTo(string directory)
    {
        var path = Path.Combine(directory, Name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (IsSecret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(Content));
        return path;
    }
}
