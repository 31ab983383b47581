using System.Data.Common;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>The persons that a module has erased, in its file. Nothing about them is logged any more.</summary>
internal static class ErasedPersons
{
    /// <returns>False when the person was erased before.</returns>
    public static bool Add(WriteTransaction transaction, Guid person, DateTimeOffset now) =>
        transaction.Connection.Execute(
            "INSERT OR IGNORE INTO erased_persons (person, erased_at) VALUES ($person, $now)",
            ("$person", person.ToString()),
            ("$now", now.ToUnixTimeMilliseconds())
        ) == 1;

    public static bool Contains(DbConnection connection, Guid person) =>
        connection.Scalar("SELECT 1 FROM erased_persons WHERE person = $person", ("$person", person.ToString())) is not null;

    public static IReadOnlyList<Guid> All(DbConnection connection) =>
        // The file of an older build has no such table, and reading it does not upgrade it.
        KernelSchema.Version(connection) < 4
            ? []
            : [.. connection.Texts("SELECT person FROM erased_persons ORDER BY person").Select(Guid.Parse)];
}
