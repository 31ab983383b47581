using System.Reflection;
using ModularShop.ArchitectureTests.Rules;
using ModularShop.Kernel.Events;

namespace ModularShop.ArchitectureTests;

internal sealed class ContractTests
{
    private static IEnumerable<TestCaseData> Contracts => Shop.CasesOf(Shop.Contracts);

    [TestCaseSource(nameof(Contracts))]
    public void Contracts_hold_events_and_plain_values_only(Assembly contracts) =>
        Assert.That(ContractRule.Violations(contracts.GetTypes(), Shop.NameOf(contracts).Split('.')[1]), Is.Empty);

    [TestCaseSource(nameof(Contracts))]
    public void Contracts_reference_nothing_but_what_declares_an_event(Assembly contracts) =>
        Assert.That(
            contracts
                .GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => !name.StartsWith("System.", StringComparison.Ordinal)),
            Is.SubsetOf(["ModularShop.Kernel.Contracts", "MediatR.Contracts"])
        );

    [Test]
    public void Types_that_do_not_belong_in_contracts_are_caught()
    {
        var types = typeof(ContractTests)
            .Assembly.GetTypes()
            .Where(type => type.Namespace?.EndsWith(".Invalid.Lender.Contracts", StringComparison.Ordinal) is true);

        Assert.That(
            ContractRule.Violations(types, "Lender"),
            Is.EquivalentTo([
                "SomethingTaken is named borrower.something-taken: write [EventName(\"lender.something-taken\", version: 1)]",
                "NamelessHappening has no [EventName]: write [EventName(\"lender.nameless-happening\", version: 1)]",
                "Opinionated.Doubled is behaviour",
                "Unplain.Address is a Uri, which is no plain value",
                "NoRecord is no sealed record",
                "IService is no sealed record",
            ])
        );
    }

    [Test]
    public void The_prefix_of_an_event_is_its_module_in_kebab_case() =>
        Assert.That(
            ContractRule.Violations([typeof(Invalid.Lender.Contracts.SomethingLent)], "LenderOfLastResort"),
            Has.One.Contains("\"lender-of-last-resort.something-lent\"")
        );

    [Test]
    public void A_module_does_not_start_while_one_of_its_events_has_the_prefix_of_another()
    {
        Type[] contracts = [typeof(Invalid.Lender.Contracts.SomethingLent), typeof(Invalid.Lender.Contracts.SomethingTaken)];

        Assert.That(
            () => PublishedEvents.CheckNames(contracts, "lender"),
            Throws
                .InvalidOperationException.With.Message.Contains("SomethingTaken is named 'borrower.something-taken'")
                .And.Message.EndsWith("Write [EventName(\"lender.something-taken\", version: 1)].")
        );
    }
}
