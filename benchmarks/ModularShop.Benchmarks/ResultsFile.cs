using System.Reflection;
using System.Text.RegularExpressions;

namespace ModularShop.Benchmarks;

/// <summary><c>docs/benchmarks.md</c>: each benchmark owns the section between its two markers, the rest is people's.</summary>
internal static class ResultsFile
{
    /// <summary>What fewer rounds give is no result.</summary>
    public const int LeastRounds = 3;

    /// <summary>The repository.</summary>
    public static readonly string Root = typeof(ResultsFile)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "RepositoryRoot")
        .Value!;

    public static string Path => System.IO.Path.Combine(Root, "docs", "benchmarks.md");

    /// <summary>Writes a section, unless it rests on too few rounds.</summary>
    public static void Replace(string name, string section, int rounds)
    {
        if (rounds < LeastRounds)
        {
            Console.WriteLine($"{rounds} of {LeastRounds} rounds: not written down.");
            return;
        }
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var text = File.Exists(Path)
            ? File.ReadAllText(Path)
            : "# Benchmarks\n\nMeasured by `dotnet run -c Release --project benchmarks/ModularShop.Benchmarks -- all`.\n";
        var (begin, end) = ($"<!-- {name}: written by the benchmark -->", $"<!-- {name}: end -->");
        var whole = $"{begin}\n{section.Trim()}\n{end}";
        var place = new Regex($"{Regex.Escape(begin)}.*?{Regex.Escape(end)}", RegexOptions.Singleline);
        File.WriteAllText(Path, place.IsMatch(text) ? place.Replace(text, _ => whole) : $"{text.TrimEnd()}\n\n{whole}\n");
        Console.WriteLine($"Written to {Path}");
    }
}
