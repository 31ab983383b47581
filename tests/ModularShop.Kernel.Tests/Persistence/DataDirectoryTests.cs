using System.Runtime.Versioning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class DataDirectoryTests
{
    private readonly string parent = TestApplication.NewDirectory();
    private readonly FixtureModule ledger = new("ledger");
    private readonly FixtureModule other = new("other");

    private string Data => Path.Combine(parent, "data");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(parent, recursive: true);

    [Test]
    public async Task A_second_application_with_the_same_module_is_refused_and_told_where_the_first_one_is()
    {
        await using var first = await TestApplication.Start([ledger], Data);

        await Assert.ThatAsync(
            () => TestApplication.Start([other, ledger], Data),
            Throws
                .TypeOf<DirectoryInUseException>()
                .With.Message.Contains(first.Http.Address.ToString().TrimEnd('/'))
                .And.Message.Contains("--url")
                .And.Message.Contains("'ledger'")
        );
    }

    [Test]
    public async Task A_second_application_with_other_modules_shares_the_directory()
    {
        await using var first = await TestApplication.Start([ledger], Data);
        await using var second = await TestApplication.Start([other], Data);

        await ledger.Send(new AddEntry.Command("tea"));
        await other.Send(new Do.Command((_, _) => Task.CompletedTask));

        Assert.That(first.Quarantined.Concat(second.Quarantined), Is.Empty);
    }

    [Test]
    public async Task Work_on_the_whole_directory_is_refused_while_any_module_runs_there()
    {
        await using var first = await TestApplication.Start([ledger], Data);
        await using var second = await TestApplication.Start([other], Data);

        Assert.That(
            () => DataDirectory.Hold(Data),
            Throws.TypeOf<DirectoryInUseException>().With.Message.Contains(first.Url).And.Message.Contains(second.Url)
        );
    }

    [Test]
    public void No_module_runs_while_something_works_on_the_whole_directory()
    {
        using var held = DataDirectory.Hold(Data);

        Assert.That(() => TestApplication.Start([ledger], Data), Throws.TypeOf<DirectoryInUseException>());
    }

    [Test]
    public async Task The_directory_is_free_again_when_its_owner_has_stopped()
    {
        await (await TestApplication.Start([ledger], Data)).DisposeAsync();

        await using var second = await TestApplication.Start([ledger], Data);

        Assert.That(second.Quarantined, Is.Empty);
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task Directory_and_files_are_open_to_their_owner_only()
    {
        await using var app = await TestApplication.Start([ledger], Data);
        await ledger.Send(new AddEntry.Command("tea"));

        const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(Data, "*.db*");
        Assert.That(files.Select(Path.GetFileName), Is.SupersetOf(["ledger.db", "ledger.db-wal"]));
        Assert.That(files.Append(Data).Where(path => (File.GetUnixFileMode(path) & Others) != 0), Is.Empty);
    }

    [Test]
    public async Task A_module_opens_no_file_but_its_own()
    {
        await using var app = await TestApplication.Start([ledger, other], Data);
        var files = new List<string>();
        async Task Collect(IServiceProvider services, CancellationToken ct) =>
            files.AddRange(
                await services
                    .GetRequiredService<FixtureDb>()
                    .Database.SqlQueryRaw<string>("SELECT file AS Value FROM pragma_database_list")
                    .ToListAsync(ct)
            );

        await ledger.Send(new Do.Command(Collect));
        await ledger.Send(new Ask.Query(Collect));

        Assert.That(files, Is.EqualTo([Path.Combine(Data, "ledger.db"), Path.Combine(Data, "ledger.db")]));
    }

    [Test]
    public async Task A_query_cannot_write_even_around_the_unit_of_work()
    {
        await using var app = await TestApplication.Start([ledger], Data);

        var writing = new Ask.Query(
            (services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync("DELETE FROM entries", ct)
        );

        await Assert.ThatAsync(() => ledger.Send(writing), Throws.Exception.With.Message.Contains("readonly"));
    }
}
