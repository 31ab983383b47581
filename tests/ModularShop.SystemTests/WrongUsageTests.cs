using System.Net.Sockets;
using ModularShop.Host.CommandLine;

namespace ModularShop.SystemTests;

/// <summary>What is typed wrong is said in words and gives 2.</summary>
internal sealed class WrongUsageTests
{
    [TestCase("--urls takes", "run", "--urls", "nonsense")]
    [TestCase("is empty", "run", "--urls", ";")]
    [TestCase("is https", "run", "--urls", "https://localhost:5080")]
    [TestCase("is not http", "run", "--urls", "ftp://localhost:5080")]
    [TestCase("has a path", "run", "--urls", "http://localhost:5080/shop")]
    [TestCase("has a path", "run", "--urls", "http://localhost:5080/?a=b")]
    [TestCase("names neither localhost", "run", "--urls", "http://localhos:5080")]
    [TestCase("names neither localhost", "run", "--urls", "http://127.0.0.1:x")]
    [TestCase("names neither localhost", "run", "--urls", "http://127.0.0.1:70000")]
    [TestCase("names neither localhost", "run", "--urls", "http://someone@127.0.0.1:5080")]
    [TestCase("names neither localhost", "run", "--urls", "http://127.0.0.1:5080;http://no host:1")]
    [TestCase("--urls has an empty value", "run", "--urls", "")]
    [TestCase("--data has an empty value", "run", "--data", "")]
    [TestCase("--data has an empty value", "run", "--data", "  ")]
    [TestCase("--data has an empty value", "run", "--data=")]
    [TestCase("--modules has an empty value", "run", "--modules", "")]
    [TestCase("--modules names no module", "run", "--modules", ",")]
    [TestCase("--url has an empty value", "events", "list", "orders", "--url", "")]
    [TestCase("--url takes", "events", "list", "orders", "--url", "localhost:5080")]
    [TestCase("--url takes", "events", "list", "orders", "--url", "ftp://localhost:5080")]
    [TestCase("--url takes", "events", "list", "orders", "--url", "http://localhost:5080/shop")]
    [TestCase("--url takes", "events", "list", "orders", "--url", "http://localhost:0")]
    [TestCase("An argument is empty", "import", "online-retail", "")]
    [TestCase("--rejects has an empty value", "import", "online-retail", "sales.csv", "--rejects", "")]
    [TestCase("-o has an empty value", "export", "purchase-history", "--format", "csv", "-o", "")]
    [TestCase("An argument is empty", "backup", "")]
    [TestCase("An argument is empty", "restore", "", "--data", "data")]
    [TestCase("An argument is empty", "verify", "")]
    [TestCase("An argument is empty", "rebuild", "")]
    [TestCase("An argument is empty", "events", "list", "")]
    public async Task It_is_named_with_what_to_do(string reason, params string[] arguments)
    {
        var (code, said) = await Invoke(arguments);

        Assert.That(code, Is.EqualTo(2), said);
        Assert.That(said, Does.StartWith("modularshop: ").And.Contain(reason).And.Contain("--help").And.Not.Contain("   at "));
        Assert.That(said.Trim().Split('\n'), Has.Length.EqualTo(2));
    }

    [TestCase("Ordrs", "orders")]
    [TestCase("PurchaseHistry", "purchase-history")]
    public async Task A_misspelled_module_is_answered_with_the_one_that_was_meant(string misspelled, string meant)
    {
        var (code, said) = await Invoke(["run", "--modules", misspelled]);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(said.Trim(), Does.Contain($"Did you mean {meant}?").And.Not.Contain("\n"));
    }

    [TestCase("http://localhost:5080")]
    [TestCase("http://LOCALHOST:0")]
    [TestCase("http://*:8080")]
    [TestCase("http://+:8080/")]
    [TestCase("http://0.0.0.0:8080")]
    [TestCase("http://[::1]:0;http://127.0.0.1:0;")]
    public void Addresses_that_can_be_listened_on_pass(string urls) => Assert.That(ListenAddresses.Problem(urls), Is.Null);

    [TestCase(SocketError.AccessDenied, "may not take a port below 1024")]
    [TestCase(SocketError.AddressNotAvailable, "no network interface of this machine")]
    public void The_system_refusing_an_address_is_put_into_words(SocketError error, string words) =>
        Assert.Multiple(() =>
        {
            var refused = new SocketException((int)error);
            Assert.That(ListenAddresses.Reason(refused), Does.Contain(words));
            Assert.That(
                ListenAddresses.Reason(new IOException("localhost", new AggregateException(refused, refused))),
                Does.Contain(words)
            );
        });

    private static async Task<(int Code, string Said)> Invoke(string[] arguments)
    {
        var command = await ShopCommand.Execute(arguments);
        return (command.ExitCode, command.Errors);
    }
}
