using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ModularShop.Host.CommandLine;

namespace ModularShop.SystemTests;

/// <summary>The examples in docs are valid: systemd accepts the unit, and the commands and paths in them exist.</summary>
internal sealed partial class ExamplesTests
{
    private const string Installed = "/usr/local/bin/modularshop";

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Systemd_takes_the_unit()
    {
        // systemd checks that the program exists.
        var unit = Path.Combine(directory, "modularshop.service");
        await File.WriteAllTextAsync(
            unit,
            Read("docs/modularshop.service").Replace(Installed, ShopProcess.Executable, StringComparison.Ordinal)
        );

        using var verify = Process.Start(
            new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", unit]) { RedirectStandardError = true }
        )!;
        var said = await verify.StandardError.ReadToEndAsync();
        await verify.WaitForExitAsync();

        // Problems of the machine's other units are ignored.
        Assert.That(said.Split('\n').Where(line => line.Contains("modularshop", StringComparison.Ordinal)), Is.Empty);
        Assert.That(verify.ExitCode, Is.Zero, said);
    }

    [Test]
    public void The_unit_starts_the_shop_on_the_directory_that_it_is_given()
    {
        var start = Read("docs/modularshop.service").Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal));
        var words = start["ExecStart=".Length..].Split(' ');

        Assert.That(words[0], Is.EqualTo(Installed));
        Assert.That(words, Does.Contain("/var/lib/modularshop"));
        Assert.That(Read("docs/modularshop.service"), Does.Contain("StateDirectory=modularshop\n"));
        AssertIsCommand(words[1..]);
    }

    [Test]
    public void The_image_is_made_of_what_the_publish_profile_makes()
    {
        var dockerfile = Read("docs/Dockerfile");
        var profile = PublishProfile().Match(dockerfile);
        var (project, name) = (profile.Groups["project"].Value, profile.Groups["profile"].Value);
        var properties = XDocument.Parse(Read($"{project}/Properties/PublishProfiles/{name}.pubxml"));
        var target = properties.Descendants("PublishDir").Single().Value.Replace("$(RepositoryRoot)", "/source/", StringComparison.Ordinal);
        var assembly = XDocument.Parse(Read($"{project}/ModularShop.Host.csproj")).Descendants("AssemblyName").Single().Value;

        Assert.That(dockerfile, Does.Contain("WORKDIR /source\n"));
        Assert.That(dockerfile, Does.Contain($"COPY --from=build {target}{assembly} {Installed}\n"));
        AssertIsCommand(Words(dockerfile, "CMD"));
    }

    [Test]
    public void The_image_is_made_with_the_SDK_of_the_solution()
    {
        using var global = JsonDocument.Parse(Read("global.json"));
        var sdk = global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        var version = string.Join('.', sdk.Split('.').Take(2));

        Assert.That(Images().Matches(Read("docs/Dockerfile")).Select(image => image.Groups["tag"].Value), Is.EqualTo([version, version]));
    }

    private static void AssertIsCommand(string[] words) =>
        Assert.That(ModularShopCommand.Create().Parse(words).Errors.Select(error => error.Message), Is.Empty);

    private static string[] Words(string dockerfile, string instruction) =>
        JsonSerializer.Deserialize<string[]>(
            dockerfile.Split('\n').Single(line => line.StartsWith($"{instruction} ", StringComparison.Ordinal))[(instruction.Length + 1)..]
        )!;

    private static string Read(string path) => File.ReadAllText(Path.Combine(OneFile.Repository, path));

    [GeneratedRegex(@"^RUN dotnet publish (?<project>\S+) -p:PublishProfile=(?<profile>\S+)$", RegexOptions.Multiline)]
    private static partial Regex PublishProfile();

    [GeneratedRegex(@"^FROM mcr\.microsoft\.com/dotnet/[\w-]+:(?<tag>\S+)", RegexOptions.Multiline)]
    private static partial Regex Images();
}
