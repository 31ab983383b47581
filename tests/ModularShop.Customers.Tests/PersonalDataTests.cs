using System.Net;
using System.Text;
using ModularShop.Kernel.Backups;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class PersonalDataTests
{
    private const string Email = "Lovelace@Example.com";
    private const string Name = "Countess";
    private const string NewPassword = "battery staple";

    private static readonly (string, string) Key = ("Idempotency-Key", "once");

    [Test]
    public async Task No_event_holds_password_hash_address_or_name()
    {
        await using var customers = await CustomersFixture.Start();
        await Live(customers.Http);

        var log = string.Join('\n', (await customers.Http.Events("customers")).Select(e => e.GetRawText()));

        Assert.That(log, Does.Contain("customer-registered").And.Contain("customer-changed"));
        Assert.That(Found(log, Email, Email.ToLowerInvariant(), Name, Password, NewPassword, "AQAAAA"), Is.Empty);
    }

    [Test]
    public async Task No_answer_holds_a_password_or_a_hash()
    {
        await using var customers = await CustomersFixture.Start();

        var answers = await Live(customers.Http);

        foreach (var secret in (string[])[Password, NewPassword, "passwordHash", "AQAAAA"])
        {
            Assert.That(answers.Select(answer => answer.Text), Has.None.Contains(secret).IgnoreCase);
        }
    }

    [Test]
    public async Task No_file_holds_a_password()
    {
        await using var customers = await CustomersFixture.Start();
        await Live(customers.Http);

        var files = Bytes(customers.App.Directory);

        // Proves that the search works: the address is there twice, as typed and in lower case.
        Assert.That(Found(files, Email, Email.ToLowerInvariant(), Name), Is.EqualTo([Email, Email.ToLowerInvariant(), Name]));
        Assert.That(Found(files, Password, NewPassword), Is.Empty);
    }

    [Test]
    public async Task Once_the_customer_is_erased_and_the_shop_has_stopped_no_byte_of_the_person_is_left()
    {
        var directory = TestApplication.NewDirectory();
        try
        {
            await using (var customers = await CustomersFixture.Start(directory))
            {
                var customer = (await Live(customers.Http))[0];
                await customers.Http.Delete($"{Accounts}/{customer.Id}");
            }

            var files = Bytes(directory);

            Assert.That(Found(files, "customer-erased"), Is.Not.Empty);
            Assert.That(Found(files, Email, Email.ToLowerInvariant(), Name, "AQAAAA"), Is.Empty);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task A_customer_whom_an_older_backup_brings_back_is_erased_again_before_anybody_is_answered()
    {
        var directory = TestApplication.NewDirectory();
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        Guid customer;
        await using (var customers = await CustomersFixture.Start(data))
        {
            customer = (await Live(customers.Http))[0].Id;
        }
        await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);
        await using (var customers = await CustomersFixture.Start(data))
        {
            await customers.Http.Delete($"{Accounts}/{customer}");
        }
        Assert.That(Found(Bytes(backup), Email), Is.Not.Empty);

        await Restoration.Run(backup, data, force: true, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);
        await using (var customers = await CustomersFixture.Start(data))
        {
            (await customers.Http.Get($"{Accounts}/{customer}")).Expect(HttpStatusCode.NotFound);
            Assert.That(Found(Bytes(data), Email, Email.ToLowerInvariant(), Name, "AQAAAA"), Is.Empty);
            Assert.That(
                (await customers.Http.Events("customers"))[^1].GetProperty("type").GetString(),
                Is.EqualTo("customers.customer-erased")
            );
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task When_an_erasure_is_answered_the_running_shops_files_contain_nothing_of_the_person()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = (await Live(customers.Http))[0];

        await customers.Http.Delete($"{Accounts}/{customer.Id}");

        var files = Bytes(customers.App.Directory);
        Assert.That(Found(files, "customer-erased"), Is.Not.Empty);
        Assert.That(Found(files, Email, Email.ToLowerInvariant(), Name, "AQAAAA"), Is.Empty);
    }

    [Test]
    public async Task A_registration_repeated_after_the_erasure_reveals_nothing_and_registers_nobody()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = (await Live(customers.Http))[0];
        await customers.Http.Delete($"{Accounts}/{customer.Id}");

        var repeated = await Register(customers.Http);

        repeated.Expect(HttpStatusCode.Conflict);
        Assert.That(Found(repeated.Text, customer.Id.ToString(), Email, Name), Is.Empty);
        Assert.That(
            (await customers.Http.Events("customers"))[^1].GetProperty("type").GetString(),
            Is.EqualTo("customers.customer-erased")
        );
    }

    // All operations on an account, each with an Idempotency-Key under which an answer is stored.
    private static async Task<IReadOnlyList<Answer>> Live(TestClient http)
    {
        var registered = await Register(http);
        var path = $"{Accounts}/{registered.Id}";
        return
        [
            registered,
            await http.Put(path, new { name = Name, country = "France" }, Key),
            await http.Put($"{path}/password", new { currentPassword = Password, newPassword = NewPassword }, Key),
            await http.Post(SignIns, new { email = Email, password = NewPassword }),
            await http.Post(SignIns, new { email = Email, password = Password }),
            await http.Get(path),
        ];
    }

    private static Task<Answer> Register(TestClient http) =>
        http.Post(
            Accounts,
            new
            {
                email = Email,
                password = Password,
                name = Name,
            },
            Key
        );

    private static IEnumerable<string> Found(string text, params string[] wanted) =>
        wanted.Where(word => text.Contains(word, StringComparison.Ordinal));

    // The database and its WAL. The running shop has the lock file open exclusively.
    private static string Bytes(string directory) =>
        string.Concat(
            Directory
                .EnumerateFiles(directory, "*.db*")
                .Select(file =>
                {
                    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                    using var reader = new StreamReader(stream, Encoding.Latin1);
                    return reader.ReadToEnd();
                })
        );
}
