using ModularShop.Host;
using ModularShop.Host.CommandLine;

namespace ModularShop.SystemTests;

internal sealed class ShopModulesTests
{
    [Test]
    public void Every_folder_of_a_module_is_a_module_of_the_shop()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(OneFile.Repository, "Modules"));

        Assert.That(ShopModules.Built, Is.EquivalentTo(folders.Select(folder => $"ModularShop.{Path.GetFileName(folder)}")));
        Assert.That(() => ShopModules.CheckComplete(ShopModules.Built), Throws.Nothing);
    }

    [Test]
    public void A_module_that_is_missing_from_the_list_is_named_with_the_line_to_add() =>
        Assert.That(
            () => ShopModules.CheckComplete([.. ShopModules.Built, "ModularShop.Forgotten"]),
            Throws
                .TypeOf<CommandFailedException>()
                .With.Message.EqualTo(
                    "The project ModularShop.Forgotten is not among the shop's modules. "
                        + "Add ModuleSource.Of<ForgottenModule>() to the list in Host/ShopModules.cs, or remove the project."
                )
        );
}
