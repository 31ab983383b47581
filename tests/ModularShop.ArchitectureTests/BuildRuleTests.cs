namespace ModularShop.ArchitectureTests;

/// <summary>
/// Builds the small repository under Fixtures. Each of its projects breaks one rule of Directory.Build.targets, or none.
/// </summary>
internal sealed class BuildRuleTests
{
    private static readonly string Folder = Path.Combine(Shop.Folder, "tests", "ModularShop.ArchitectureTests", "Fixtures");

    private string[] errors = [];

    [OneTimeSetUp]
    public async Task BuildFixtures()
    {
        var (_, output) = await DotnetCommand.Run(Folder, "build", "Fixtures.slnx", "-p:RunAnalyzers=false");
        errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Distinct()];
    }

    [TestCase("ModularShop.Direct", "ModularShop.Valid", Description = "A project reference")]
    [TestCase("ModularShop.Hidden", "ModularShop.Valid", Description = "A project reference that the compiler does not see")]
    [TestCase("ModularShop.HintPath", "ModularShop.Valid", Description = "The path of a file")]
    [TestCase("ModularShop.Transitive", "ModularShop.Bridge, ModularShop.Valid", Description = "By way of another project")]
    [TestCase("ModularShop.Curious", "ModularShop.Valid", Description = "A module of the workshop")]
    [TestCase("ModularShop.Fond", "ModularShop.Polite", Description = "A module of the shop that uses one of the workshop")]
    public void A_module_that_references_the_inside_of_another_does_not_build(string project, string references) =>
        Assert.That(
            ErrorsOf(project),
            Has.One.Contains(
                $"error MS0001: A module knows other modules by their contracts only, but {project} references {references}. Reference the other module's .Contracts project"
            )
        );

    [TestCase("ModularShop.Talkative.Contracts", "ModularShop.Valid.Contracts")]
    [TestCase("ModularShop.Heavy.Contracts", "ModularShop.Kernel")]
    public void Contracts_that_reference_more_than_declares_an_event_do_not_build(string project, string references) =>
        Assert.That(
            ErrorsOf(project),
            Has.One.Contains(
                $"error MS0002: Contracts hold event records and plain values, but {project} references {references}. Remove it"
            )
        );

    [Test]
    public void A_kernel_that_references_a_module_does_not_build() =>
        Assert.That(
            ErrorsOf("ModularShop.Kernel.Knowing"),
            Has.One.Contains(
                "error MS0003: Shared.Kernel knows no module, but ModularShop.Kernel.Knowing references ModularShop.Valid.Contracts. Move"
            )
        );

    [Test]
    public void A_module_that_links_a_file_of_another_does_not_build() =>
        Assert.That(
            ErrorsOf("ModularShop.Linked"),
            Has.One.Contains("error MS0004")
                .And.One.Contains($"Valid{Path.DirectorySeparatorChar}Secret.cs of another one. Remove the linked file")
        );

    [TestCase("ModularShop.Valid")]
    [TestCase("ModularShop.Valid.Contracts")]
    [TestCase("ModularShop.Neighbour", Description = "References another module's contracts")]
    [TestCase("ModularShop.Polite", Description = "A module of the workshop")]
    [TestCase("ModularShop.Kernel")]
    public void What_keeps_the_rules_builds(string project)
    {
        Assert.That(ErrorsOf(project), Is.Empty);
        Assert.That(Directory.GetFiles(Folder, $"{project}.dll", SearchOption.AllDirectories), Is.Not.Empty);
    }

    private IEnumerable<string> ErrorsOf(string project) =>
        errors.Where(line => line.Contains($"{Path.DirectorySeparatorChar}{project}.csproj]", StringComparison.Ordinal));
}
