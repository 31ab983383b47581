using System.Text.Json;
using ModularShop.Import.Tests;

namespace ModularShop.SystemTests;

internal sealed class ImportCommandTests
{
    private readonly string directory = TestApplication.NewDirectory();

    private string Data => Path.Combine(directory, "data");

    [TearDown]
    public void Delete() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task It_prints_figures_on_standard_output_and_nothing_else()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line(), MadeUpFile.Line("A1"));

        var table = await Import(file.Path, "--wait");
        var json = await Import(file.Path, "--json");

        Assert.That(table.ExitCode, Is.Zero, table.Errors);
        Assert.That(
            table.Output,
            Is.EqualTo(
                "what,value\nrows,2\norders,1\norder-lines,1\norders-total,15.3\nreturns,0\nreturn-lines,0\nreturns-total,0\n"
                    + "customers,1\nproducts,1\nskipped-adjustment,1\n"
                    + "new-orders,1\nnew-returns,0\nnew-customers,1\nnew-products,1\nchanged-products,0\n"
            )
        );
        Assert.That(table.Errors, Is.Empty);
        var figures = JsonSerializer.Deserialize<Dictionary<string, decimal>>(json.Output)!;
        Assert.That((figures["orders-total"], figures["new-orders"]), Is.EqualTo((15.3m, 0m)));
    }

    [Test]
    public async Task A_process_of_its_own_imports_a_file_to_its_end_and_what_it_sold_is_exported()
    {
        string[] lines = [MadeUpFile.Line(), MadeUpFile.Line("C1", quantity: "-2"), MadeUpFile.Line("2", customer: "", price: "1")];
        using var file = new MadeUpFile(MadeUpFile.Gzip(MadeUpFile.Bytes(lines)), "sales.csv.gz");

        var import = await ShopProcess.Execute("import", "online-retail", file.Path, "--data", Data, "--wait", "--json");

        Assert.That(import.ExitCode, Is.Zero, import.Errors);
        Assert.That(import.Errors, Is.Empty);
        var figures = JsonSerializer.Deserialize<Dictionary<string, decimal>>(import.Output)!;
        Assert.That((figures["rows"], figures["orders"], figures["returns"]), Is.EqualTo((3m, 2m, 1m)));
        Assert.That((figures["orders-total"], figures["returns-total"]), Is.EqualTo((21.3m, 5.1m)));
        Assert.That((figures["new-orders"], figures["new-returns"], figures["new-customers"]), Is.EqualTo((2m, 1m, 1m)));
        var row = (await Acceptance.MonthOfSales.Export("--data", Data)).Single();
        Assert.That((row.Customer, row.Orders, row.QuantityBought, row.QuantityReturned), Is.EqualTo(("17850", 1, 6, 2)));
    }

    [Test]
    public async Task A_broken_file_is_refused_with_a_line_for_each_problem_and_nothing_is_imported()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line(), MadeUpFile.Line(price: "x"), "1,2");

        var import = await Import(file.Path, "--rejects", Path.Combine(directory, "rejects.csv"));

        Assert.That(import.ExitCode, Is.EqualTo(1));
        Assert.That(import.Output, Is.Empty);
        Assert.That(
            import.Errors,
            Is.EqualTo(
                $"{file.Path}: line 3: UnitPrice 'x' is not a number of at most 4 decimals and at most 1000000000.\n"
                    + $"{file.Path}: line 4: it has 2 columns, not 8.\n"
            )
        );
        Assert.That(Directory.EnumerateFileSystemEntries(directory), Is.Empty);
    }

    [Test]
    public async Task Skipped_lines_go_to_the_file_that_is_asked_for()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line(), MadeUpFile.Line("A1"));
        var rejects = Path.Combine(directory, "rejects.csv");

        var import = await Import(file.Path, "--rejects", rejects);
        var overwritten = await Import(file.Path, "--rejects", file.Path);

        Assert.That(import.ExitCode, Is.Zero, import.Errors);
        Assert.That(
            await File.ReadAllLinesAsync(rejects),
            Is.EqualTo(new[] { $"line,reason,{MadeUpFile.Header}", $"3,adjustment,{MadeUpFile.Line("A1")}" })
        );
        Assert.That(overwritten.ExitCode, Is.EqualTo(2));
        Assert.That(overwritten.Errors, Does.Contain("--rejects would overwrite the file to import."));
    }

    [Test]
    public async Task Another_order_under_a_known_number_fails_the_check()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line("7"));
        using var other = MadeUpFile.Of(MadeUpFile.Line("7", quantity: "7"));

        await Import(file.Path);
        var import = await Import(other.Path);

        Assert.That(import.ExitCode, Is.EqualTo(4));
        Assert.That(
            import.Errors,
            Is.EqualTo(
                "Invoice 7 differs from what the shop holds: line 1: quantity 6 is held, not 7.\n"
                    + "Invoices that differ: 1. The shop keeps what it holds; all others are imported.\n"
            )
        );
        Assert.That(import.Output, Does.EndWith("differing-orders,1\n"));
    }

    [Test]
    public async Task A_file_of_which_every_line_is_skipped_fails_the_check()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line("A1"), MadeUpFile.Line("2", quantity: "-1"));

        var import = await Import(file.Path);

        Assert.That(import.ExitCode, Is.EqualTo(4));
        Assert.That(
            import.Errors,
            Does.StartWith("Nothing was imported: each line of the file is skipped (adjustment 1, stock-write-off 1).")
        );
        Assert.That(import.Output, Does.Contain("skipped-adjustment,1\nskipped-stock-write-off,1\n"));
    }

    [Test]
    public async Task Encoding_and_order_of_dates_can_be_said_and_a_guess_is_announced()
    {
        using var file = new MadeUpFile(
            System.Text.Encoding.Latin1.GetBytes($"{MadeUpFile.Header}\n{MadeUpFile.Line(date: "5/12/2010 8:26", description: "£5")}\n")
        );

        var plain = await Import(file.Path);
        var guessed = await Import(file.Path, "--encoding", "latin1");
        var said = await Import(file.Path, "--encoding", "latin1", "--dates", "dmy");

        Assert.That((plain.ExitCode, plain.Output), Is.EqualTo((1, "")));
        Assert.That(plain.Errors, Does.Contain("--encoding iso-8859-1"));
        Assert.That(guessed.ExitCode, Is.Zero, guessed.Errors);
        Assert.That(guessed.Errors, Does.Contain("'5/12/2010 8:26' (line 2)").And.Contain("--dates dmy"));
        Assert.That(said.ExitCode, Is.EqualTo(4), "it is another date");
        Assert.That(said.Errors, Does.Contain("date 2010-05-12 08:26:00 is held, not 2010-12-05 08:26:00"));
    }

    [TestCase("--currency", "pounds")]
    [TestCase("--encoding", "ebcdic")]
    [TestCase("--dates", "ymd")]
    [TestCase("--url", "nowhere")]
    public async Task Wrong_use_is_said_so(string option, string value)
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line());

        var import = await ShopCommand.Execute("import", "online-retail", file.Path, option, value);

        Assert.That((import.ExitCode, import.Output), Is.EqualTo((2, "")));
        Assert.That(import.Errors, Does.Contain(option));
    }

    [Test]
    public async Task A_shop_that_does_not_answer_is_said_so()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line());

        var import = await ShopCommand.Execute("import", "online-retail", file.Path, "--url", "http://127.0.0.1:1");

        Assert.That(import.ExitCode, Is.EqualTo(1));
        Assert.That(import.Errors, Does.Contain("run the same command again").And.Contain("The shop cannot be reached"));
    }

    [Test]
    public async Task An_export_leaves_a_whole_file_or_the_one_that_was_there()
    {
        using var file = MadeUpFile.Of(MadeUpFile.Line());
        await Import(file.Path);
        var output = Path.Combine(directory, "history.csv");

        var export = await ShopCommand.Execute("export", "purchase-history", "--format", "csv", "-o", output, "--data", Data);
        var written = await File.ReadAllTextAsync(output);
        var failed = await ShopCommand.Execute(
            "export",
            "purchase-history",
            "--format",
            "csv",
            "-o",
            output,
            "--url",
            "http://127.0.0.1:1"
        );

        Assert.That((export.ExitCode, export.Output), Is.EqualTo((0, "")), export.Errors);
        Assert.That(written, Is.EqualTo($"{PurchaseRow.Header}\n17850,85123A,1,6,15.30,0,0.00,2010-12-01 08:26:00,GBP\n"));
        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(await File.ReadAllTextAsync(output), Is.EqualTo(written));
        Assert.That(Directory.EnumerateFiles(directory), Is.EqualTo(new[] { output }), "nothing is left beside it");
    }

    private Task<CommandResult> Import(string file, params string[] arguments) =>
        ShopCommand.Execute(["import", "online-retail", file, "--data", Data, .. arguments]);
}
