namespace ModularShop.SystemTests;

internal sealed class BadSettingsTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("Kernel__Http__RequestTimeout", "60", "60 seconds are 00:01:00")]
    [TestCase("Kernel__Http__RequestTimeuot", "00:01:00", "Did you mean Kernel:Http:RequestTimeout?")]
    [TestCase("Logging__LogLevel__Default", "Loud", "one of Trace, Debug, Information")]
    [TestCase("Logging__Console__FormatterOptions__SingleLine", "maybe", "below Logging")]
    [TestCase("ASPNETCORE_CONTENTROOT", "/proc/nowhere", "/proc/nowhere")]
    public async Task A_setting_that_cannot_be_used_is_said_in_one_line(string name, string value, string reason)
    {
        var run = await ShopProcess.Execute(
            ["run", "--urls", "http://127.0.0.1:0"],
            directory,
            new Dictionary<string, string> { [name] = value }
        );

        Assert.That(run.Errors.Trim(), Does.StartWith("modularshop: ").And.Contain(reason).And.Not.Contain("\n"));
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("{\n  \"Kernel\": {\n", "line 3")]
    [TestCase("{\n  \"a\": 1,\n  \"b\" 2\n}", "line 3")]
    [TestCase("", "line 1")]
    [TestCase("[1]", "object")]
    [TestCase("{ \"a\": 1, \"A\": 2 }", "duplicate")]
    public async Task A_broken_appsettings_json_is_said_in_one_line(string content, string reason)
    {
        var file = Path.Combine(directory, "appsettings.json");
        await File.WriteAllTextAsync(file, content);

        var run = await ShopProcess.Execute(["run", "--urls", "http://127.0.0.1:0"], directory);

        Assert.That(run.Errors.Trim(), Does.StartWith("modularshop: ").And.Contain(file).And.Contain(reason).And.Not.Contain("\n"));
        Assert.That(run.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task All_that_is_wrong_with_the_settings_is_said_at_once_a_line_each()
    {
        await File.WriteAllTextAsync(
            Path.Combine(directory, "appsettings.json"),
            """{ "Kernel": { "Writer": { "UnitDeadline": "30", "MaxGruop": 8 }, "Http": { "Threads": 0 } } }"""
        );

        var list = await ShopProcess.Execute(["demo"], directory);

        Assert.That(list.ExitCode, Is.EqualTo(2));
        Assert.That(list.Errors.Trim().Split('\n'), Has.Length.EqualTo(3).And.All.StartsWith("modularshop: "));
    }
}
