namespace ModularShop.SystemTests.Faults;

internal sealed class TwoHostsTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Of_two_shops_started_at_once_on_one_directory_one_runs_and_the_other_says_why_not()
    {
        string[] run = ["run", "--data", directory, "--urls", "http://127.0.0.1:0"];
        await using var one = ShopProcess.Start(run);
        await using var other = ShopProcess.Start(run);

        await Eventually.True(() => one.HasExited || other.HasExited);
        var (refused, running) = one.HasExited ? (one, other) : (other, one);

        Assert.That(await refused.Exited(), Is.EqualTo(1));
        Assert.That(refused.Errors.Trim(), Does.Contain($"{directory} is in use").And.Not.Contain("\n"));
        await Eventually.True(() => running.Output.Contains("Health", StringComparison.Ordinal));
        Assert.That(await running.Terminate(), Is.Zero, running.Errors);
    }
}
