using System.Text.RegularExpressions;
using ModularShop.ArchitectureTests.Rules;

namespace ModularShop.ArchitectureTests;

internal sealed class SolutionTests
{
    [Test]
    public void Every_project_is_in_the_solution() =>
        Assert.That(SolutionRule.Violations(Path.Combine(Shop.Folder, "ModularShop.sln")), Is.Empty);

    // A filter that matches no test would run nothing.
    [Test]
    public void The_soak_script_names_tests_that_exist()
    {
        var tests = Path.Combine(Shop.Folder, "tests");
        var filters = Regex
            .Matches(File.ReadAllText(Path.Combine(tests, "soak")), "run (?<project>ModularShop\\S+) (?<filter>\\S+) ")
            .ToList();

        Assert.That(filters, Has.Count.EqualTo(9));
        foreach (var filter in filters)
        {
            var name = filter.Groups["filter"].Value.Split('.')[^1];
            var code = Directory.EnumerateFiles(Path.Combine(tests, filter.Groups["project"].Value), "*.cs", SearchOption.AllDirectories);
            Assert.That(code.Any(file => File.ReadAllText(file).Contains(name, StringComparison.Ordinal)), $"a test '{name}'");
        }
    }

    [Test]
    public void A_project_that_is_missing_from_the_solution_is_named_with_the_command_that_adds_it()
    {
        var folder = Directory.CreateTempSubdirectory("solution-").FullName;
        try
        {
            Write("Known/Known.csproj");
            Write("tests/Forgotten/Forgotten.csproj");
            Write("tests/Fixtures/Inner.slnx");
            Write("tests/Fixtures/Inner/Inner.csproj");
            Write("tests/Forgotten/obj/Generated.csproj");
            File.WriteAllText(Path.Combine(folder, "Small.sln"), """Project("{FAE0}") = "Known", "Known\Known.csproj", "{A44F}" """);

            Assert.That(
                SolutionRule.Violations(Path.Combine(folder, "Small.sln")),
                Is.EqualTo([
                    "tests/Forgotten/Forgotten.csproj is not in Small.sln, so ./test neither builds nor tests it. "
                        + "Add it: dotnet sln Small.sln add tests/Forgotten/Forgotten.csproj",
                ])
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(string path)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
        }
    }
}
