namespace ModularShop.Kernel.Storage;

/// <summary>
/// Where a path leads. .NET takes <c>link/..</c> for the directory that the link is in, and a link with a separator at its
/// end for no link; the system, and so the person who typed the path, does not. Whoever replaces what stands at a path,
/// or compares paths, resolves them here first.
/// </summary>
public static class RealPath
{
    // The limit of Linux.
    private const int MaxLinks = 40;

    /// <summary>The full path without a link, <c>.</c>, <c>..</c> or separator at its end. What is not there yet keeps its name.</summary>
    /// <exception cref="IOException">It is no path, or its links lead in a circle.</exception>
    public static string Of(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new IOException("A path is empty, or has a character in it that no path can have.");
        }
        // On Windows `..` is taken away before links are followed, by the system too.
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

    /// <summary>Whether two real paths are names of one file or directory; hard links and other spellings are known on Linux.</summary>
    public static bool AreSame(string one, string other)
    {
        var ignoresCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return one.Equals(other, ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            || FileOnDisk.At(one) is { Exists: true, Inode: > 0 } file && FileOnDisk.At(other) is { } second && file.IsSameAs(second);
    }

    /// <summary>Whether a real path is that of a directory, or of something below it.</summary>
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

    /// <summary>Whether a file is there, and no directory, device, pipe or socket.</summary>
    public static bool IsOrdinaryFile(string path) => FileOnDisk.At(path) is { Exists: true, IsOrdinary: true };

    // What Linux shows of open files looks like a link and leads only by way of the system: /proc/self/fd/1 -> pipe:[4711].
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
