using System.Reflection;
using ModularShop.Kernel.Modules;
using Module = ModularShop.Kernel.Modules.Module;

namespace ModularShop.ArchitectureTests;

internal sealed class MigrationTests
{
    private static IEnumerable<TestCaseData> Modules => Shop.CasesOf(Shop.Modules);

    [TestCaseSource(nameof(Modules))]
    public void The_migrations_of_a_module_create_its_model_as_it_is(Assembly assembly)
    {
        var module = (Module)Activator.CreateInstance(assembly.GetTypes().Single(Shop.IsModule))!;
        using var db = module.ContextWithoutFile();

        Assert.That(() => MigrationCheck.RequireAny(module), Throws.Nothing);
        Assert.That(() => MigrationCheck.RequireAll(module, db), Throws.Nothing);
    }
}
