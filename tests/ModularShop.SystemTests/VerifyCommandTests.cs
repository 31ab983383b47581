namespace ModularShop.SystemTests;

internal sealed class VerifyCommandTests
{
    private BackedUpShop shop = null!;

    [SetUp]
    public async Task OpenShop() => shop = await BackedUpShop.WithSales();

    [TearDown]
    public void DeleteShop() => shop.Dispose();

    [Test]
    public async Task Verify_and_doctor_find_a_file_of_an_older_backup_and_their_rebuild_repairs_it()
    {
        await shop.BackUp();
        await using (var running = await ShopCommand.Host(shop.Data))
        {
            await running.Http.SellOne();
            await BackedUpShop.Succeed("doctor", "--url", running.Url); // Waits for the subscribers.
        }
        File.Copy(Path.Combine(shop.Backup, "orders.db"), shop.File("orders"), overwrite: true);

        var verified = await BackedUpShop.FailedChecks("verify", "--data", shop.Data);
        var examined = await BackedUpShop.FailedChecks("doctor", "--data", shop.Data);

        Assert.That(verified.Select(check => check.Name), Is.EqualTo(new[] { "checkpoint purchase-history <- orders" }));
        Assert.That(examined.Select(check => check.Name), Is.EqualTo(new[] { "subscription purchase-history <- orders" }));
        foreach (var check in verified.Concat(examined))
        {
            Assert.That(check.Finding, Does.Contain("ahead of the log of 'orders'").And.Contain("older copy"));
            Assert.That(check.Fix, Does.Contain("modularshop rebuild purchase-history"));
        }

        await BackedUpShop.Succeed("rebuild", "purchase-history", "--data", shop.Data);
        Assert.That(await shop.Faults(deep: true), Is.Empty);
        await BackedUpShop.Succeed("doctor", "--data", shop.Data);
    }

    [Test]
    public async Task A_wrong_row_in_a_read_copy_is_found_by_verify_deep_and_a_rebuild_heals_it()
    {
        shop.Tamper("orders", "UPDATE product_copies SET price = price + 1 WHERE rowid = 1");

        await BackedUpShop.Succeed("verify", "--data", shop.Data);
        var failed = await BackedUpShop.FailedChecks("verify", "--deep", "--data", shop.Data);

        Assert.That(failed.Select(check => check.Name), Is.EqualTo(new[] { "read copies of orders" }));
        Assert.That(failed[0].Finding, Does.StartWith("Table product_copies differs"));
        Assert.That(failed[0].Fix, Is.EqualTo("modularshop rebuild orders"));
        await BackedUpShop.Succeed("rebuild", "orders", "--data", shop.Data);
        Assert.That(await shop.Faults(deep: true), Is.Empty);
    }

    [TestCase("orders", "DELETE FROM product_copies", "product_copies")]
    [TestCase(
        "purchase-history",
        "UPDATE product_totals SET quantity_bought = quantity_bought + 1 WHERE product_sequence = 1",
        "product_totals"
    )]
    [TestCase("purchase-history", "INSERT INTO customers (customer_id, label, is_erased) VALUES ('nobody', 'nobody', 0)", "customers")]
    [TestCase("purchase-history", "UPDATE orders SET customer_sequence = NULL", "orders")]
    public async Task Rows_that_are_missing_wrong_or_too_many_are_found(string module, string sql, string table)
    {
        shop.Tamper(module, sql);

        var faults = await shop.Faults(deep: true);

        Assert.That(faults.Select(fault => fault.Subject), Is.EqualTo(new[] { $"read copies of {module}" }));
        Assert.That(faults[0].Text, Does.StartWith($"Table {table} differs"));
    }

    [TestCase("DELETE FROM event_log WHERE position = 2", "There is no event at position 2,")]
    [TestCase("DELETE FROM event_log WHERE position = (SELECT max(position) FROM event_log)", "There is no event at position")]
    public async Task A_gap_in_a_log_is_found(string sql, string finding)
    {
        shop.Tamper("customers", sql);

        var faults = await shop.Faults(deep: true);

        Assert.That(faults[0].Subject, Is.EqualTo("log of customers"));
        Assert.That(faults[0].Text, Does.StartWith(finding));
    }

    [Test]
    public async Task A_file_that_is_damaged_or_missing_is_found()
    {
        await File.WriteAllTextAsync(shop.File("catalog"), new string('x', 4096));
        File.Delete(shop.File("customers"));

        var faults = await shop.Faults(deep: true);

        Assert.That(
            faults.Select(fault => fault.Subject),
            Is.EqualTo(
                new[]
                {
                    "file catalog.db",
                    "checkpoint orders <- catalog",
                    "checkpoint orders <- customers",
                    "checkpoint purchase-history <- catalog",
                    "checkpoint purchase-history <- customers",
                }
            )
        );
    }

    [Test]
    public async Task Where_there_is_no_room_for_temporary_files_a_deep_verification_ends_and_says_what_to_do()
    {
        var environment = new Dictionary<string, string> { ["TMPDIR"] = "/proc/none", ["DOTNET_EnableDiagnostics"] = "0" };

        var verify = await ShopProcess.Execute(["verify", "--deep", "--data", shop.Data], workingDirectory: null, environment);

        Assert.That(verify.ExitCode, Is.EqualTo(4), verify.Errors);
        Assert.That(verify.Output, Does.Contain("Not recomputed").And.Contain("TMPDIR"));
    }

    [Test]
    public async Task A_running_shop_is_not_verified_but_said_how_it_can_be()
    {
        await using var running = await ShopCommand.Host(shop.Data);

        var verify = await ShopCommand.Execute("verify", "--data", shop.Data);

        Assert.That(verify.ExitCode, Is.EqualTo(1));
        Assert.That(verify.Errors.Trim(), Does.Contain($"modularshop backup DIR --url {running.Url}").And.Not.Contain("\n"));
    }

    [Test]
    public async Task Where_there_is_nothing_to_verify_nothing_is_called_well()
    {
        var empty = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(shop.Data)!, "empty")).FullName;
        await File.WriteAllTextAsync(Path.Combine(empty, "manifest.json"), """{"format":1,"takenAt":"2026-01-01T00:00:00Z","files":[]}""");

        var data = await BackedUpShop.FailedChecks("verify", "--data", empty);
        var backup = await BackedUpShop.FailedChecks("verify", empty);

        Assert.That(data.Single().Finding, Does.Contain("no file of a module"));
        Assert.That(backup.Single().Finding, Does.Contain("no file of a module"));
    }
}
