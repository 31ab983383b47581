using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel.Tests;

internal sealed class SettingsTests
{
    [Test]
    public void A_setting_overrides_its_default_and_leaves_the_others()
    {
        var options = Read("Kernel:Delivery:MaxAttempts", "8");

        Assert.That(options.Delivery.MaxAttempts, Is.EqualTo(8));
        Assert.That(options.Delivery.BatchSize, Is.EqualTo(new DeliveryOptions().BatchSize));
    }

    [TestCase("Kernel:Writer:MaxGroup", "0")]
    [TestCase("Kernel:Delivery:TailEvents", "-1")]
    [TestCase("Kernel:Delivery:MaxAttempts", "many")]
    [TestCase("Kernel:Writer:UnitDeadline", "00:00:00")]
    public void A_setting_under_which_nothing_could_work_is_refused_by_name(string name, string value) =>
        Assert.That(() => Read(name, value), Throws.TypeOf<InvalidSettingException>().With.Message.Contains(name));

    private static KernelOptions Read(string name, string value) =>
        KernelOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build());
}
