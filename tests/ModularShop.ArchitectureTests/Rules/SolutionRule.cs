namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// Every project below a solution's folder is in that solution. Left out are what a build writes, and folders that have a solution
/// of their own.
/// </summary>
internal static class SolutionRule
{
    private static readonly string[] Written = ["bin", "obj", "artifacts"];

    public static IReadOnlyList<string> Violations(string solution)
    {
        var folder = Path.GetDirectoryName(solution)!;
        var name = Path.GetFileName(solution);
        var known = File.ReadAllText(solution).Replace('\\', '/');
        return
        [
            .. ProjectsIn(folder)
                .Select(project => Path.GetRelativePath(folder, project).Replace('\\', '/'))
                .Where(project => !known.Contains($"\"{project}\"", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(project =>
                    $"{project} is not in {name}, so ./test neither builds nor tests it. Add it: dotnet sln {name} add {project}"
                ),
        ];
    }

    private static IEnumerable<string> ProjectsIn(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.csproj")
            .Concat(Directory.EnumerateDirectories(folder).Where(IsSearched).SelectMany(ProjectsIn));

    private static bool IsSearched(string folder) =>
        Path.GetFileName(folder) is var name
        && !name.StartsWith('.')
        && !Written.Contains(name)
        && !Directory.EnumerateFiles(folder, "*.sln*").Any();
}
