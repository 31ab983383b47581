using ModularShop.Kernel.Persistence;

namespace ModularShop.Customers.Domain;

/// <summary>Somebody who buys, or has bought, from the shop.</summary>
internal sealed class Customer : IIdentified
{
    private Customer(Guid id, DateTimeOffset registeredAt)
    {
        Id = id;
        RegisteredAt = registeredAt;
    }

    public Guid Id { get; private set; }

    /// <summary>What an imported customer was known by in the system they came from. Upper and lower case differ.</summary>
    public string? Number { get; private set; }

    /// <summary>The address as it was typed.</summary>
    public string? Email { get; private set; }

    /// <summary>What no two customers share: the address without regard to case.</summary>
    public string? EmailKey { get; private set; }

    /// <summary>Null where there are no credentials, as after an import: nobody can sign in.</summary>
    public string? PasswordHash { get; private set; }

    public string? Name { get; private set; }

    public string? Country { get; private set; }

    public DateTimeOffset RegisteredAt { get; private set; }

    public DateTimeOffset? ErasedAt { get; private set; }

    /// <summary>That of what callers see: a new password is none of it.</summary>
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

    /// <summary>Forgets the person. What remains is that there was one, so that the id is never anybody else's.</summary>
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
