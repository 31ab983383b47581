using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ModularShop.Customers.Domain;

/// <summary>Hashes and verifies passwords. Slow on purpose, so never to be called from within a unit of work.</summary>
internal sealed class Passwords
{
    /// <summary>What OWASP asks of PBKDF2 with HMAC-SHA512; the hasher's own default is less than half of it.</summary>
    public static readonly PasswordHasherOptions Slow = new() { IterationCount = 210_000 };

    // The hasher has a place for the user, and makes no use of it.
    private static readonly object AnyUser = new();

    private readonly PasswordHasher<object> hasher;
    private readonly string nobodysHash;

    public Passwords(PasswordHasherOptions options)
    {
        hasher = new PasswordHasher<object>(Options.Create(options));
        nobodysHash = Hash("");
    }

    public string Hash(string password) => hasher.HashPassword(AnyUser, password);

    /// <summary>Whether this is the password; false, after as long a time, where there is no hash at all.</summary>
    public bool Verify(string? hash, string password)
    {
        var matches = hasher.VerifyHashedPassword(AnyUser, hash ?? nobodysHash, password) != PasswordVerificationResult.Failed;
        return matches && hash is not null;
    }
}
