using System.Data.Common;
using System.Security.Cryptography;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The keys by which the personal data in a module's events is encrypted, one for each person. They are in the module's file and not in
/// its log: they are made in the transaction of the first event, and destroyed in the transaction that erases the person.
/// </summary>
internal static class PersonKeys
{
    public static IReadOnlyDictionary<Guid, byte[]> None { get; } = new Dictionary<Guid, byte[]>();

    /// <summary>The key of a person, which is made when there is none; null when the person was erased.</summary>
    public static byte[]? FindOrMake(WriteTransaction transaction, Guid person)
    {
        if (Find(transaction.Connection, person) is { } known)
        {
            return known;
        }
        if (ErasedPersons.Contains(transaction.Connection, person))
        {
            return null;
        }
        var key = RandomNumberGenerator.GetBytes(SealedData.KeyLength);
        transaction.Connection.Execute(
            "INSERT INTO person_keys (person, key) VALUES ($person, $key)",
            ("$person", person.ToString()),
            ("$key", Convert.ToBase64String(key))
        );
        return key;
    }

    /// <summary>The keys of those of these persons who have one.</summary>
    public static IReadOnlyDictionary<Guid, byte[]> Of(DbConnection connection, IEnumerable<Guid> persons) =>
        persons
            .Distinct()
            .Select(person => (person, Key: Find(connection, person)))
            .Where(found => found.Key is not null)
            .ToDictionary(found => found.person, found => found.Key!);

    /// <summary>Destroys the key. What was encrypted by it cannot be read any more.</summary>
    public static void Destroy(WriteTransaction transaction, Guid person) =>
        transaction.Connection.Execute("DELETE FROM person_keys WHERE person = $person", ("$person", person.ToString()));

    private static byte[]? Find(DbConnection connection, Guid person) =>
        connection.Scalar("SELECT key FROM person_keys WHERE person = $person", ("$person", person.ToString())) is string key
            ? Convert.FromBase64String(key)
            : null;
}
