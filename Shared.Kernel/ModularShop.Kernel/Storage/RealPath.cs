namespace ModularShop.Kernel.Storage;

/// <summary>
/// Resolves paths as the operating system does. .NET resolves <c>link/..</c> to the directory that contains the link, and does not
/// treat a link with a trailing separator as a link. Code that compares paths or replaces what is at a path must resolve them here
/// first.
/// </summary>
public static class RealPath
{
    // The limit that Linux has.
    private const int MaxLinks = 40;

    /// <summary>
    /// The full path without links, <c>.</c>, <c>..</c> or a trailing separator. Parts that do not exist yet keep their names.
    /// </summary>
    /// <exception cref="IOException">The text is not a valid path, or its links form a circle.</exception>
    public static string Of(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new IOException("A path is empty, or has a character in it that no path can have.");
        }
        // Windows removes `..` before it follows links.
        var full = OperatingSystem.IsWindows() ? Path.GetFullPath(path) : Path.Combine(Directory.GetCurrentDirectory(), path);
        var found = Path.GetPathRoot(full)!;
        var rest = new Stack<string>();
        Push(full[found.Length..], rest);
        var links = 0;
        while (rest.TryPop(out var name))
        {
            if (name is "" or ".")
            {
                continue;
            }
            if (name is "..")
            {
                found = Path.GetDirectoryName(found) ?? found;
                continue;
            }
            var next = Path.Combine(found, name);
            if (TargetOf(next) is not { } target)
            {
                found = next;
                continue;
            }
            if (++links > MaxLinks)
            {
                throw new IOException($"{path} leads nowhere: its links lead in a circle.");
            }
            var root = Path.GetPathRoot(target)!;
            found = root.Length == 0 ? found : root;
            Push(target[root.Length..], rest);
        }
        return found;
    }

    /// <summary>
    /// Whether two real paths denote the same file or directory. Hard links and other spellings are recognized on Linux only.
    /// </summary>
    public static bool AreSame(string one, string other)
    {
        var ignoresCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return one.Equals(other, ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            || FileOnDisk.At(one) is { Exists: true, Inode: > 0 } file && FileOnDisk.At(other) is { } second && file.IsSameAs(second);
    }

    /// <summary>Whether a real path is that of the directory or of something below it.</summary>
    public static bool IsWithin(string path, string directory)
    {
        for (var above = path; above is not null; above = Path.GetDirectoryName(above))
        {
            if (AreSame(above, directory))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether there is a regular file at the path, not a directory, device, pipe or socket.</summary>
    public static bool IsOrdinaryFile(string path) => FileOnDisk.At(path) is { Exists: true, IsOrdinary: true };

    // In /proc, Linux shows open files as links whose targets are not paths, such as /proc/self/fd/1 -> pipe:[4711].
    private static string? TargetOf(string path) =>
        new FileInfo(path).LinkTarget is not { } target ? null
        : path.StartsWith("/proc/", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)) ? null
        : target;

    private static void Push(string path, Stack<string> names)
    {
        foreach (var name in path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse())
        {
            names.Push(name);
        }
    }
}
