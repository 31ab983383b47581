using System.Reflection;
using ModularShop.ArchitectureTests.Rules;

namespace ModularShop.ArchitectureTests;

internal sealed class KernelTests
{
    private static readonly string[] BusinessWords =
    [
        "shop",
        "order",
        "customer",
        "product",
        "catalog",
        "payment",
        "inventory",
        "stock",
        "basket",
        "cart",
        "purchase",
        "price",
        "invoice",
        "refund",
        "sku",
    ];

    private static IEnumerable<TestCaseData> Kernel => Shop.CasesOf(Shop.Kernel);

    [TestCaseSource(nameof(Kernel))]
    public void The_kernel_knows_no_module_and_no_word_of_the_business(Assembly kernel) =>
        Assert.That(VocabularyRule.Violations(kernel.GetTypes(), [.. BusinessWords, .. Shop.ModuleNames]), Is.Empty);

    [TestCaseSource(nameof(Kernel))]
    public void The_kernel_references_no_module(Assembly kernel) =>
        Assert.That(
            kernel.GetReferencedAssemblies().Select(name => name.Name).Intersect(Shop.Modules.Concat(Shop.Contracts).Select(Shop.NameOf)),
            Is.Empty
        );

    [Test]
    public void A_kernel_that_speaks_of_the_business_is_caught()
    {
        var types = typeof(KernelTests)
            .Assembly.GetTypes()
            .Where(type => type.Namespace?.EndsWith(".Invalid.Knowing", StringComparison.Ordinal) is true);

        Assert.That(
            VocabularyRule.Violations(types, BusinessWords),
            Is.EquivalentTo(["Pump: CancelOrders", "Pump: customerId"]),
            "what is ordered is no order"
        );
    }
}
