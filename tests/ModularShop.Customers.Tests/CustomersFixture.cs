using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Customers.Tests;

/// <summary>The Accounts module alone, with a new file.</summary>
internal sealed class CustomersFixture : IAsyncDisposable
{
    public const string Accounts = "/customers/v1/customers";
    public const string SignIns = "/customers/v1/sign-ins";
    public const string Imports = "/customers/v1/customer-imports";
    public const string Password = "correct horse";

    private CustomersFixture(TestApplication app) => App = app;

    public TestApplication App { get; }

    public TestClient Http => App.Http;

    /// <param name="directory">An existing directory, which is kept; null for a new one that is deleted at the end.</param>
    /// <param name="hashesSlowly">
    /// Whether passwords are hashed as in the shop. Most tests do not depend on it, and it would take most of their time.
    /// </param>
    public static async Task<CustomersFixture> Start(string? directory = null, bool hashesSlowly = false) =>
        new(
            await TestApplication.Start(
                [new CustomersModule()],
                directory,
                configureServices: (_, services) =>
                {
                    if (!hashesSlowly)
                    {
                        services.AddSingleton(new PasswordHasherOptions { IterationCount = 1 });
                    }
                }
            )
        );

    public Task<Answer> Register(string email, string? name = null, string? country = null, string? key = null) =>
        Http.Post(
            Accounts,
            new
            {
                email,
                password = Password,
                name,
                country,
            },
            key is null ? [] : [("Idempotency-Key", key)]
        );

    public Task<Answer> SignIn(string email, string password = Password) => Http.Post(SignIns, new { email, password });

    public Task<Answer> Import(params object[] customers) => Http.Post(Imports, new { customers });

    public Task<Answer> ChangePassword(Guid id, string currentPassword, string newPassword, params (string, string)[] headers) =>
        Http.Put($"{Accounts}/{id}/password", new { currentPassword, newPassword }, headers);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
