using ModularShop.Kernel.Persistence;

namespace ModularShop.Customers.Domain;

/// <summary>A person who buys, or has bought, from the shop.</summary>
internal sealed class Customer : IIdentified
{
    private Customer(Guid id, DateTimeOffset registeredAt)
    {
        Id = id;
        RegisteredAt = registeredAt;
    }

    public Guid Id { get; private set; }

    /// <summary>The number of an imported customer in the other system; case-sensitive. Null for other customers.</summary>
    public string? Number { get; private set; }

    /// <summary>The e-mail address as it was typed.</summary>
    public string? Email { get; private set; }

    /// <summary>The e-mail address in lower case, which is unique.</summary>
    public string? EmailKey { get; private set; }

    /// <summary>Null when the customer has no credentials, for example after an import, and cannot sign in.</summary>
    public string? PasswordHash { get; private set; }

    public string? Name { get; private set; }

    public string? Country { get; private set; }

    public DateTimeOffset RegisteredAt { get; private set; }

    public DateTimeOffset? ErasedAt { get; private set; }

    /// <summary>The version of the data that callers see. A new password does not change it.</summary>
    public long Version { get; private set; } = 1;

    public static string KeyOf(string email) => email.ToLowerInvariant();

    public static Customer Register(string email, string passwordHash, string? name, string? country, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now)
        {
            Email = email,
            EmailKey = KeyOf(email),
            PasswordHash = passwordHash,
            Name = name,
            Country = country,
        };

    public static Customer Import(string number, string? country, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now) { Number = number, Country = country };

    public void Change(string? name, string? country)
    {
        Name = name;
        Country = country;
        Version++;
    }

    public void ChangePassword(string passwordHash) => PasswordHash = passwordHash;

    /// <summary>Removes the personal data. The row stays, so that its id is never used for another person.</summary>
    public void Erase(DateTimeOffset now)
    {
        Number = null;
        Email = null;
        EmailKey = null;
        PasswordHash = null;
        Name = null;
        Country = null;
        ErasedAt = now;
        Version++;
    }
}
