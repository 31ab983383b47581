using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel.Tests;

internal sealed class SettingsTests
{
    [Test]
    public void A_setting_overrides_its_default_and_leaves_the_others()
    {
        var options = Read(("Kernel:Delivery:MaxAttempts", "8"));

        Assert.That(options.Delivery.MaxAttempts, Is.EqualTo(8));
        Assert.That(options.Delivery.BatchSize, Is.EqualTo(new DeliveryOptions().BatchSize));
    }

    [TestCase("Kernel:Writer:MaxGroup", "0")]
    [TestCase("Kernel:Delivery:TailEvents", "-1")]
    [TestCase("Kernel:Delivery:MaxAttempts", "many")]
    [TestCase("Kernel:Writer:UnitDeadline", "00:00:00")]
    public void A_setting_under_which_nothing_could_work_is_refused_by_name(string name, string value) =>
        Assert.That(() => Read((name, value)), Throws.TypeOf<InvalidSettingException>().With.Message.Contains(name));

    [TestCaseSource(nameof(Durations))]
    public void No_duration_is_read_without_hours_minutes_and_seconds(string name) =>
        Assert.Multiple(() =>
        {
            foreach (var value in new[] { "60", "1.5", "60s", "1:30", "00:90:00", "24:00:00", "PT1M", "one minute", "", " " })
            {
                Assert.That(Problems((name, value)), Has.Length.EqualTo(1), value);
                Assert.That(Problems((name, value))[0], Does.StartWith($"{name} is '{value}'; ").And.Contain("00:01:00"), value);
            }
        });

    [Test]
    public void The_number_of_seconds_that_was_meant_is_named_as_a_duration() =>
        Assert.That(
            Problems(("Kernel:Http:RequestTimeout", "60")),
            Is.EqualTo([
                "Kernel:Http:RequestTimeout is '60'; a duration has hours, minutes and seconds, as in 00:01:00, or days before them, "
                    + "as in 1.00:00:00. 60 seconds are 00:01:00.",
            ])
        );

    [TestCaseSource(nameof(Durations))]
    public void No_duration_is_negative_or_longer_than_a_timer_can_wait(string name) =>
        Assert.Multiple(() =>
        {
            Assert.That(Problems((name, "-00:00:01")), Has.Length.EqualTo(1).And.One.Contains("is a duration from"));
            Assert.That(Problems((name, "10000.00:00:00")), Has.Length.EqualTo(1).And.One.Contains("is a duration from"));
        });

    [TestCaseSource(nameof(Numbers))]
    public void No_number_is_beyond_its_range_or_no_number(string name) =>
        Assert.Multiple(() =>
        {
            foreach (var value in new[] { "-1", "2000000000", "99999999999999999999", "1e3", "0x10", "4,096", "1.0", "many", "" })
            {
                Assert.That(
                    Problems((name, value)),
                    Has.Length.EqualTo(1).And.One.StartsWith($"{name} is '{value}'; it is a whole number")
                );
            }
        });

    [TestCase("Kernel:Delivery:MaxAtempts", "Did you mean Kernel:Delivery:MaxAttempts?")]
    [TestCase("Kernel:Delivery:TailBtyes", "Did you mean Kernel:Delivery:TailBytes?")]
    [TestCase("Kernel:Delivry:MaxAttempts", "Did you mean Kernel:Delivery?")]
    [TestCase("Kernel:Writer:Nonsense", "In Kernel:Writer there are: MaxGroup, ")]
    [TestCase("Kernel:MaxAttempts", "In Kernel there are: Writer, Delivery, Http, Bus.")]
    [TestCase("Kernal:Delivery:MaxAttempts", "Did you mean Kernel?")]
    [TestCase("Kernel_Delivery_MaxAttempts", "two underscores")]
    [TestCase("Kernel.Delivery.MaxAttempts", "separated by ':'")]
    [TestCase("Kernel_Delivry_MaxAttempts", "two underscores")]
    [TestCase("KERNEL_HTTPTHREADS", "two underscores")]
    public void A_misspelled_setting_is_refused_with_the_name_that_was_meant(string name, string hint) =>
        Assert.That(Problems((name, "8")), Has.Length.EqualTo(1).And.One.Contains(hint));

    [TestCase("Kernel:Delivery", "8", "is a group of settings")]
    [TestCase("Kernel:Delivery:MaxAttempts:0", "8", "has one value")]
    [TestCase("Kernel:Delivery:FirstRetryDelay", "00:01:00", "more than Kernel:Delivery:MaxRetryDelay, 00:00:05.")]
    [TestCase("Kernel:Http:TrustedProxies", "10.0.0.0/8, proxy", "has 'proxy'")]
    [TestCase("Logging:LogLevel", "Debug", "Did you mean Logging:LogLevel:Default?")]
    [TestCase("Logging:Console:LogLevel", "Debug", "Did you mean Logging:Console:LogLevel:Default?")]
    [TestCase("Logging:LogLevel:Default", "Loud", "one of Trace, Debug, Information")]
    [TestCase("Logging:Console:LogLevel:ModularShop", "Loud", "one of Trace, Debug, Information")]
    public void A_setting_that_does_not_fit_is_refused(string name, string value, string reason) =>
        Assert.That(Problems((name, value)), Has.Length.EqualTo(1).And.One.Contains(reason).And.One.Contains(name.Replace(":0", "")));

    [Test]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.That(
            Problems(
                ("Kernel:Writer:MaxGroup", "0"),
                ("Kernel:Http:Thraeds", "3"),
                ("Kernel:Writer:SlowUnit", "1"),
                ("Kernel:Http:TrustedProxies", "proxy"),
                ("Logging:LogLevel:X", "-")
            ),
            Has.Length.EqualTo(5)
        );

    [TestCase("kernel:http:requesttimeout", "1.00:00:00")]
    [TestCase("Kernel:Http:RequestTimeout", "00:00:00.250")]
    [TestCase("Kernel:Http:WaitingRequests", "0")]
    [TestCase("Logging:LogLevel:Default", "warning")]
    [TestCase("KERNEL", "vmlinuz")]
    [TestCase("KERNEL_VERSION", "6.8")]
    [TestCase("KERNEL_TTY", "1")]
    [TestCase("kernel.release", "6.8")]
    [TestCase("Kernels", "5")]
    public void What_is_right_or_none_of_ours_passes(string name, string value) => Assert.That(() => Read((name, value)), Throws.Nothing);

    private static IEnumerable<string> Durations => Names(type => type == typeof(TimeSpan));

    private static IEnumerable<string> Numbers => Names(type => type == typeof(int) || type == typeof(long));

    private static IEnumerable<string> Names(Func<Type, bool> ofType) =>
        from section in typeof(KernelOptions).GetProperties()
        from setting in section.PropertyType.GetProperties()
        where ofType(setting.PropertyType)
        select $"Kernel:{section.Name}:{setting.Name}";

    private static string[] Problems(params (string Name, string Value)[] settings)
    {
        try
        {
            Read(settings);
            return [];
        }
        catch (InvalidSettingException e)
        {
            return e.Message.Split('\n');
        }
    }

    private static KernelOptions Read(params (string Name, string Value)[] settings) =>
        KernelOptions.Read(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build()
        );
}
