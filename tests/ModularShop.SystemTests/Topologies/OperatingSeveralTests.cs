using System.Text.Json;

namespace ModularShop.SystemTests.Topologies;

/// <summary>Commands with <c>--url</c> see the whole shop, whichever process they ask.</summary>
internal sealed class OperatingSeveralTests
{
    [Test]
    public async Task Commands_see_the_whole_shop_and_say_what_could_not_be_asked()
    {
        await using var shop = await SplitShop.Start(seed: 4, Arrangement.OrdersAlone);
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        foreach (var name in shop.Names)
        {
            var url = shop[name].Url;
            Assert.That(
                (await BackedUpShop.Succeed("modules", "list", "--url", url)).Output,
                Does.Contain("orders").And.Contain("catalog")
            );
            Assert.That((await BackedUpShop.Succeed("events", "list", "catalog", "--url", url)).Output, Does.Contain("product-added"));
            await BackedUpShop.Succeed("rebuild", "purchase-history", "--wait", "--url", url);
            var healthy = await BackedUpShop.Succeed("doctor", "--url", url, "--json");
            Assert.That(Names(healthy), Does.Contain("process main").And.Contain("process second").And.Contain("file orders.db"));
        }

        await shop.Kill("second");

        var checks = await BackedUpShop.FailedChecks("doctor", "--url", shop.Url);
        Assert.That(checks.Select(check => check.Name), Does.Contain("process second").And.Contain("module orders"));
        var rebuild = await ShopCommand.Execute("rebuild", "purchase-history", "--wait", "--url", shop.Url);
        Assert.That(rebuild.ExitCode, Is.EqualTo(1));
        Assert.That(rebuild.Errors.Trim(), Does.Contain("orders").And.Not.Contain("\n"));
    }

    private static List<string> Names(CommandResult doctor) =>
        [.. JsonElement.Parse(doctor.Output).EnumerateArray().Select(check => check.GetProperty("name").GetString()!)];
}
