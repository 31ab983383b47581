using System.Net;
using System.Net.Sockets;

namespace ModularShop.SystemTests;

internal sealed class StandardOutputTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase(">&-", "Standard output is closed.")]
    [TestCase("<&- >&-", "Standard output is closed.")]
    [TestCase(">/dev/full", "Standard output cannot be written: No space left on device.")]
    public async Task Output_that_cannot_be_written_is_said_in_one_line(string redirection, string reason)
    {
        var list = await Shell($"\"$0\" modules list {redirection}");

        Assert.That(list.Errors.Trim(), Is.EqualTo($"modularshop: {reason}"));
        Assert.That(list.ExitCode, Is.EqualTo(1));
    }

    [TestCase(">&-", "Standard output is closed.")]
    [TestCase(">/dev/full", "Standard output cannot be written: No space left on device.")]
    public async Task A_list_that_is_written_as_it_comes_and_cannot_be_is_said_in_one_line(string redirection, string reason)
    {
        await using var news = await News.Start();

        var list = await Shell($"\"$0\" events list news --url {news.Url} --json {redirection}");

        Assert.That(list.Errors.Trim(), Is.EqualTo($"modularshop: {reason}"));
        Assert.That(list.ExitCode, Is.EqualTo(1));
    }

    [TestCase("2>&-")]
    [TestCase("2>/dev/full")]
    public async Task Errors_that_cannot_be_written_leave_the_exit_code(string redirection)
    {
        var list = await Shell($"\"$0\" modules list --nonsense {redirection}");

        Assert.That(list.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task A_reader_that_has_enough_ends_a_command_quietly()
    {
        var list = await Shell("set -o pipefail; \"$0\" modules list --json | true");

        Assert.That(list.Errors, Is.Empty);
        Assert.That(list.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_reader_that_has_enough_ends_a_tail()
    {
        await using var shop = await ShopCommand.Host(directory);
        await using var tail = ShopProcess.Start(
            ["-c", $"\"$0\" events tail --url {shop.Url} | head -n 1", Executable],
            directory,
            executable: "bash"
        );
        await Eventually.True(() => tail.Errors.Contains("as they come", StringComparison.Ordinal));

        await ShopCommand.Execute("demo", "--url", shop.Url);

        Assert.That(await tail.Exited(), Is.Zero, tail.Errors);
        Assert.That(tail.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase(">&-")]
    [TestCase(">/dev/full")]
    public async Task A_shop_serves_also_where_it_cannot_say_where(string redirection)
    {
        var port = FreePort();
        var command = $"exec \"$0\" run --data {directory} --urls http://127.0.0.1:{port} {redirection}";
        await using var shop = ShopProcess.Start(["-c", command, Executable], directory, executable: "bash");
        using var http = new TestClient(new Uri($"http://127.0.0.1:{port}"));

        await Eventually.Get(http.IsLive, live => live);
        await Eventually.True(() => shop.Errors.Contains($"The shop runs at http://127.0.0.1:{port}", StringComparison.Ordinal));

        Assert.That(await shop.Terminate(), Is.Zero);
    }

    [Test]
    public async Task Port_0_of_localhost_takes_a_free_port()
    {
        await using var shop = ShopProcess.Start("run", "--data", directory, "--urls", "http://localhost:0");

        Assert.That(await shop.BecomesReady(), Is.True, shop.Errors);
    }

    [Test]
    public async Task An_address_of_another_machine_is_said_in_one_line()
    {
        var run = await ShopProcess.Execute("run", "--data", directory, "--urls", "http://192.0.2.1:5080");

        Assert.That(run.Errors.Trim(), Does.Contain("192.0.2.1").And.Contain("no network interface").And.Not.Contain("\n"));
        Assert.That(run.ExitCode, Is.EqualTo(1));
    }

    private static string Executable => ShopProcess.Executable;

    private async Task<CommandResult> Shell(string script)
    {
        await using var shell = ShopProcess.Start(["-c", script, Executable], directory, executable: "bash");
        return new CommandResult(await shell.Exited(), shell.Output, shell.Errors);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
