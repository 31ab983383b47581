using System.Reflection;
using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using ModularShop.ArchitectureTests.Rules;
using Assembly = System.Reflection.Assembly;

namespace ModularShop.ArchitectureTests;

internal sealed class ModuleTests
{
    private const string InvalidRoot = "ModularShop.ArchitectureTests.Invalid";

    private static readonly Architecture Built = new ArchLoader()
        .LoadAssemblies([.. Shop.Modules, .. Shop.Contracts, .. Shop.Kernel, typeof(Microsoft.Data.Sqlite.SqliteConnection).Assembly])
        .Build();

    private static readonly Architecture Invalid = new ArchLoader()
        .LoadAssemblies(typeof(ModuleTests).Assembly, typeof(Microsoft.Data.Sqlite.SqliteConnection).Assembly)
        .Build();

    private static IEnumerable<TestCaseData> Modules => Shop.CasesOf(Shop.Modules);

    [Test]
    public void There_are_modules_to_look_at() => Assert.That(Shop.ModuleNames, Has.Member("Catalog"));

    [TestCaseSource(nameof(Modules))]
    public void A_module_knows_others_by_their_contracts_only(Assembly module) =>
        DependencyRule.KnowsOthersByContractsOnly(Shop.Root, Name(module)).Check(Built);

    [Test]
    public void A_module_that_uses_the_inside_of_another_is_caught()
    {
        var rule = DependencyRule.KnowsOthersByContractsOnly(InvalidRoot, "Borrower");

        var violations = DependencyRule.Violations(rule, Invalid).ToList();

        Assert.That(violations, Has.One.Contains("Trespasser"));
        Assert.That(violations, Has.None.Contains("Reactor"), "contracts are there to be known");
    }

    [TestCaseSource(nameof(Modules))]
    public void A_module_opens_no_file_itself(Assembly module) => DependencyRule.OpensNoFileOfItsOwn(Shop.Root, Name(module)).Check(Built);

    [Test]
    public void A_module_that_opens_a_file_itself_is_caught()
    {
        var rule = DependencyRule.OpensNoFileOfItsOwn(InvalidRoot, "Borrower");

        Assert.That(DependencyRule.Violations(rule, Invalid), Has.One.Contains("FileOpener"));
    }

    [TestCaseSource(nameof(Modules))]
    public void A_module_references_no_other_module(Assembly module) =>
        Assert.That(References(module).Intersect(Shop.Modules.Select(Shop.NameOf)), Is.Empty);

    [TestCaseSource(nameof(Modules))]
    public void A_module_lets_nobody_look_inside_but_its_tests(Assembly module) =>
        Assert.That(
            module.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName),
            Is.EqualTo([$"{Shop.NameOf(module)}.Tests"])
        );

    [TestCaseSource(nameof(Modules))]
    public void Everything_in_a_module_is_internal_but_its_face(Assembly module) =>
        Assert.That(VisibilityRule.Violations(module.GetTypes()), Is.Empty);

    [Test]
    public void Public_types_of_a_module_are_caught() =>
        Assert.That(
            VisibilityRule.Violations(TypesIn("Borrower")),
            Is.EquivalentTo([
                "Exposed is public",
                "Visible is public: write internal before its class in Invalid/Borrower/20260101000000_Visible.cs, as ./migration does",
                "OpenDbModelSnapshot is public: write internal before its class in Invalid/Borrower/OpenDbModelSnapshot.cs, "
                    + "as ./migration does",
                "OpenDb.Things is public",
                "0 public module classes, not one",
            ])
        );

    [TestCaseSource(nameof(Modules))]
    public void Requests_and_answers_contain_no_class_of_the_domain(Assembly module) =>
        Assert.That(WireRule.Violations(module.GetTypes()), Is.Empty);

    [Test]
    public void A_class_of_the_domain_in_a_request_or_an_answer_is_caught() =>
        Assert.That(
            WireRule.Violations(TypesIn("Leaky.Features")),
            Is.EqualTo(["Answered is on the wire", "Item is on the wire", "Nested is on the wire"])
        );

    [Test]
    public void No_module_names_a_transport_a_process_or_an_address() =>
        Assert.That(TransportRule.Violations(TransportRule.SourcesUnder(Path.Combine(Shop.Folder, "Modules"))), Is.Empty);

    [TestCase("var url = \"amqp://localhost\";", "amqp", "://", "localhost")]
    [TestCase("// RabbitMQ does that", "Rabbit")]
    [TestCase("internal sealed class Caller(HttpClient http)", "HttpClient")]
    [TestCase("if (placement.Topology is null)", "Topology")]
    [TestCase("Process.GetCurrentProcess()", "Process")]
    [TestCase("const string Orders = \"http://orders\";", "://")]
    [TestCase("using System.Net.Sockets;", "System.Net", "Sockets")]
    [TestCase("var processed = Snatch(processing);")]
    public void A_module_that_names_a_transport_a_process_or_an_address_is_caught(string code, params string[] named) =>
        Assert.That(TransportRule.Violations([("A.cs", code)]), Is.EqualTo(named.Select(name => $"A.cs names {name}")));

    private static IEnumerable<string?> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name);

    private static string Name(Assembly module) => Shop.NameOf(module).Split('.')[1];

    private static List<System.Type> TypesIn(string module) =>
        [.. typeof(ModuleTests).Assembly.GetTypes().Where(type => type.Namespace == $"{InvalidRoot}.{module}")];
}
