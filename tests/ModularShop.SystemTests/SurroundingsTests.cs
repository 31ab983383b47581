using System.Net;
using System.Net.Sockets;

namespace ModularShop.SystemTests;

/// <summary>The effects of proxies, addresses and settings in the environment on the command line.</summary>
internal sealed class SurroundingsTests
{
    private readonly string directory = TestApplication.NewDirectory();
    private readonly TcpListener taken = new(IPAddress.Loopback, 0);

    private string Data => Path.Combine(directory, "data");

    private string Taken => $"http://{taken.LocalEndpoint}";

    [SetUp]
    public async Task CopyShop()
    {
        taken.Start();
        Directory.CreateDirectory(Data, (UnixFileMode)0b111_000_000);
        foreach (var file in Directory.GetFiles(await SmallShop.Directory, "*.db"))
        {
            File.Copy(file, Path.Combine(Data, Path.GetFileName(file)));
        }
    }

    [TearDown]
    public void DeleteDirectory()
    {
        taken.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Nothing_goes_through_a_proxy_that_the_environment_names()
    {
        var proxy = new Dictionary<string, string>();
        foreach (var name in (string[])["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
        {
            proxy[name] = Taken;
        }
        (proxy["NO_PROXY"], proxy["no_proxy"]) = ("", "");
        await using var running = await ShopProcess.Run();
        var port = running.Http.Address.Port;

        var hosted = await Execute(["events", "list", "catalog", "--data", Data], proxy);
        var byAddress = await Execute(["modules", "list", "--url", $"http://127.0.0.1:{port}"], proxy);
        var byName = await Execute(["modules", "list", "--url", $"http://localhost:{port}"], proxy);

        Assert.That((hosted.ExitCode, hosted.Errors), Is.EqualTo((0, "")));
        Assert.That((byAddress.ExitCode, byAddress.Errors), Is.EqualTo((0, "")));
        Assert.That((byName.ExitCode, byName.Errors), Is.EqualTo((0, "")));
        Assert.That(taken.Pending(), Is.False, "A connection to the proxy.");
    }

    [TestCase("Kestrel__Endpoints__Http__Url")]
    [TestCase("ASPNETCORE_Kestrel__Endpoints__Http__Url")]
    [TestCase("ASPNETCORE_URLS")]
    [TestCase("DOTNET_URLS")]
    [TestCase("URLS")]
    public async Task A_command_that_hosts_the_modules_listens_on_a_port_of_its_own_and_the_doctor_sees(string variable)
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "catalog.db"), new string('x', 4096));
        File.SetUnixFileMode(Path.Combine(Data, "catalog.db"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var doctor = await Execute(["doctor", "--data", Data], new() { [variable] = Taken });

        Assert.That(doctor.ExitCode, Is.EqualTo(4), doctor.Output + doctor.Errors);
        Assert.That(doctor.Output, Does.Contain("catalog.db"));
        Assert.That(doctor.Errors, Does.Not.Contain("All is well"));
    }

    [TestCase("""{"Kestrel":{"Endpoints":{"Http":{"Url":"TAKEN"}}},"AllowedHosts":"shop.example"}""")]
    [TestCase("""{"Kestrel":{"Endpoints":{"Https":{"Url":"https://*:0","Certificate":{"Path":"missing.pfx"}}}}}""")]
    [TestCase("""{"HTTP_PORTS":"80","HTTPS_PORTS":"443","AllowedHosts":"shop.example"}""")]
    public async Task A_foreign_settings_file_in_the_working_directory_opens_no_other_port(string settings)
    {
        await File.WriteAllTextAsync(
            Path.Combine(directory, "appsettings.json"),
            settings.Replace("TAKEN", Taken, StringComparison.Ordinal)
        );

        var events = await Execute(["events", "list", "catalog", "--json"], new());

        Assert.That(events.ExitCode, Is.Zero, events.Errors);
        Assert.That(events.Errors, Is.Empty);
        Assert.That(events.Output, Does.Contain("catalog.product-added"));
    }

    [Test]
    public async Task An_address_that_is_typed_has_the_last_word_over_configured_ones_and_says_so()
    {
        await using var shop = ShopProcess.Start(
            ["run", "--data", Data, "--urls", "http://127.0.0.1:0"],
            directory,
            new Dictionary<string, string> { ["Kestrel__Endpoints__Public__Url"] = Taken }
        );

        Assert.That(await shop.BecomesReady(), Is.True, shop.Errors);
        Assert.That(shop.Url, Is.Not.EqualTo(Taken));
        Assert.That(shop.Errors.Trim(), Does.Contain("--urls").And.Contain("Kestrel:Endpoints").And.Not.Contain("\n"));
    }

    [Test]
    public async Task Configured_addresses_hold_where_none_is_typed_and_it_says_so()
    {
        await using var shop = ShopProcess.Start(
            ["run", "--data", Data],
            directory,
            new Dictionary<string, string> { ["Kestrel__Endpoints__Public__Url"] = "http://127.0.0.1:0" }
        );

        Assert.That(await shop.BecomesReady(), Is.True, shop.Errors);
        Assert.That(shop.Http.Address.Port, Is.Not.EqualTo(5080));
        Assert.That(shop.Errors.Trim(), Does.Contain("Kestrel:Endpoints").And.Not.Contain("\n"));
    }

    [TestCase("Kestrel__Endpoints__Public__Url", "TAKEN", 1)]
    [TestCase("Kestrel__Endpoints__Public__Url", "nonsense", 2)]
    [TestCase("Kestrel__Endpoints__Public__Protocols", "Http1", 2)]
    [TestCase("Kestrel__Endpoints__Public__Url", "https://127.0.0.1:0", 2)]
    public async Task Configured_addresses_that_cannot_be_listened_on_are_said_in_one_line(string variable, string value, int exitCode)
    {
        var run = await Execute(["run", "--data", Data], new() { [variable] = value.Replace("TAKEN", Taken, StringComparison.Ordinal) });

        Assert.That(run.ExitCode, Is.EqualTo(exitCode));
        Assert.That(run.Errors.Trim(), Does.StartWith("modularshop: ").And.Contain("Kestrel:Endpoints").And.Not.Contain("\n"));
    }

    private Task<CommandResult> Execute(string[] arguments, Dictionary<string, string> environment) =>
        ShopProcess.Execute(arguments, workingDirectory: directory, environment);
}
