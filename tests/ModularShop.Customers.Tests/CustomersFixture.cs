using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Customers.Tests;

/// <summary>The module with a new file for each test.</summary>
internal abstract class CustomersFixture
{
    protected const string Customers = "/customers/v1/customers";
    protected const string SignIns = "/customers/v1/sign-ins";
    protected const string Imports = "/customers/v1/customer-imports";
    protected const string Password = "correct horse";

    protected TestApplication App { get; private set; } = null!;

    protected TestClient Http => App.Http;

    /// <summary>Whether passwords are hashed as in the shop. Most tests ask nothing of it, and it would take most of their time.</summary>
    protected virtual bool HashesSlowly => false;

    [SetUp]
    public async Task Start() => App = await Start(directory: null, HashesSlowly);

    [TearDown]
    public async Task Stop() => await App.DisposeAsync();

    public static Task<TestApplication> Start(string? directory, bool hashesSlowly = false) =>
        TestApplication.Start(
            [new CustomersModule()],
            directory,
            configureServices: (_, services) =>
            {
                if (!hashesSlowly)
                {
                    services.AddSingleton(new PasswordHasherOptions { IterationCount = 1 });
                }
            }
        );

    protected Task<Answer> Register(string email, string? name = null, string? country = null, string? key = null) =>
        Http.Post(
            Customers,
            new
            {
                email,
                password = Password,
                name,
                country,
            },
            key is null ? [] : [("Idempotency-Key", key)]
        );

    protected Task<Answer> SignIn(string email, string password = Password) => Http.Post(SignIns, new { email, password });

    protected Task<Answer> Import(params object[] customers) => Http.Post(Imports, new { customers });
}
