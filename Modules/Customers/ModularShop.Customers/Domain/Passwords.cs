using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ModularShop.Customers.Domain;

/// <summary>Hashes and verifies passwords. This is slow on purpose, so it must not be called in a unit of work.</summary>
internal sealed class Passwords
{
    /// <summary>
    /// The iterations that OWASP recommends for PBKDF2 with HMAC-SHA512. The hasher's default is less than half of that.
    /// </summary>
    public static readonly PasswordHasherOptions Slow = new() { IterationCount = 210_000 };

    // The hasher has a parameter for the user, but does not use it.
    private static readonly object AnyUser = new();

    private readonly PasswordHasher<object> hasher;
    private readonly string nobodysHash;

    public Passwords(PasswordHasherOptions options)
    {
        hasher = new PasswordHasher<object>(Options.Create(options));
        nobodysHash = Hash("");
    }

    public string Hash(string password) => hasher.HashPassword(AnyUser, password);

    /// <summary>
    /// Whether the password matches the hash. Without a hash it returns false after the same time, so that the time reveals nothing.
    /// </summary>
    public bool Verify(string? hash, string password)
    {
        var matches = hasher.VerifyHashedPassword(AnyUser, hash ?? nobodysHash, password) != PasswordVerificationResult.Failed;
        return matches && hash is not null;
    }
}
