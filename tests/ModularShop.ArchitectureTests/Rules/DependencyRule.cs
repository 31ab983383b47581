using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>What the code of a module may depend on, whatever its project references.</summary>
internal static class DependencyRule
{
    /// <summary>A module may use another module's contract types only.</summary>
    public static IArchRule KnowsOthersByContractsOnly(string root, string module) =>
        Types()
            .That()
            .ResideInNamespaceMatching(NamespaceOf(root, module))
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching(InsideOfOthers(root, module)))
            .Because("modules know each other by their contracts only")
            .WithoutRequiringPositiveResults();

    /// <summary>Only the kernel opens a module's file.</summary>
    public static IArchRule OpensNoFileOfItsOwn(string root, string module) =>
        Types()
            .That()
            .ResideInNamespaceMatching(NamespaceOf(root, module))
            .Should()
            .NotDependOnAny(Types().That().HaveFullName("Microsoft.Data.Sqlite.SqliteConnection"))
            .Because("the kernel opens a module's file, and it is the only one that the module uses");

    public static IEnumerable<string> Violations(IArchRule rule, Architecture architecture) =>
        rule.Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description);

    private static string NamespaceOf(string root, string module) => $@"^{Regex.Escape(root)}\.{module}(\.|$)";

    private static string InsideOfOthers(string root, string module) =>
        $@"^{Regex.Escape(root)}\.(?!(Kernel|{module})(\.|$))\w+(?!\w|\.Contracts)(\.|$)";
}
