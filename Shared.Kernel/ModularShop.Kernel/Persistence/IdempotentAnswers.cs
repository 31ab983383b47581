using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The answers given under an Idempotency-Key, kept in the transaction that did the work: whoever repeats a request
/// after a crash gets the first answer, and the work is not done again. Failures are not kept, as they changed nothing.
/// </summary>
internal sealed class IdempotentAnswers(UnitOfWork unitOfWork, WriterOptions options, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Results = new(JsonSerializerDefaults.Web);

    private static readonly JsonSerializerOptions Fingerprints = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutSecrets } },
    };

    private SqliteConnection Connection => unitOfWork.Transaction!.Connection;

    /// <exception cref="UnprocessableException">The key was used for another request.</exception>
    /// <exception cref="ConflictException">The answer was dropped.</exception>
    public bool TryFind<TCommand, TResult>(string key, TCommand command, [MaybeNullWhen(false)] out TResult answer)
    {
        using var select = Connection.CreateCommand();
        select.CommandText =
            "SELECT fingerprint, result FROM idempotency_keys WHERE key = $key AND command = $command AND created_at >= $expired";
        select.Parameters.AddWithValue("$key", key);
        select.Parameters.AddWithValue("$command", NameOf<TCommand>());
        select.Parameters.AddWithValue("$expired", (clock.GetUtcNow() - options.IdempotencyKeyLifetime).ToUnixTimeMilliseconds());
        using var row = select.ExecuteReader();
        if (!row.Read())
        {
            answer = default;
            return false;
        }
        if (row.GetString(1).Length == 0)
        {
            throw new ConflictException("It was done before; its answer was erased with the person whom it was about.");
        }
        if (row.GetString(0) != Fingerprint(command))
        {
            throw new UnprocessableException("The Idempotency-Key was used before, for a request with another content.");
        }
        answer = JsonSerializer.Deserialize<TResult>(row.GetString(1), Results)!;
        return true;
    }

    public void Keep<TCommand, TResult>(string key, TCommand command, TResult result)
    {
        var now = clock.GetUtcNow();
        using var insert = Connection.CreateCommand();
        insert.CommandText = """
            DELETE FROM idempotency_keys WHERE created_at < $expired;
            INSERT INTO idempotency_keys VALUES ($key, $command, $fingerprint, $result, $now);
            """;
        insert.Parameters.AddWithValue("$expired", (now - options.IdempotencyKeyLifetime).ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$key", key);
        insert.Parameters.AddWithValue("$command", NameOf<TCommand>());
        insert.Parameters.AddWithValue("$fingerprint", Fingerprint(command));
        insert.Parameters.AddWithValue("$result", JsonSerializer.Serialize(result, Results));
        insert.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
        insert.ExecuteNonQuery();
    }

    /// <summary>
    /// Drops the answers that hold this id. That the work was done is kept, so that a request that is repeated does not do it
    /// again.
    /// </summary>
    public void Drop(Guid subject) =>
        Connection.Execute(
            "UPDATE idempotency_keys SET fingerprint = '', result = '' WHERE instr(result, $subject)",
            ("$subject", subject.ToString())
        );

    // A slice's command is called Command and lives in the slice: PlaceOrder.Command.
    private static string NameOf<TCommand>() =>
        typeof(TCommand).DeclaringType is { } slice ? $"{slice.Name}.{typeof(TCommand).Name}" : typeof(TCommand).Name;

    private static string Fingerprint<TCommand>(TCommand command) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(command, Fingerprints)));

    // A fast hash of a password would undo the slow one.
    private static void LeaveOutSecrets(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            // On a positional record, [Secret] stands on the constructor's parameter.
            var property = type.Properties[i];
            if (IsSecret(property.AttributeProvider) || IsSecret(property.AssociatedParameter?.AttributeProvider))
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    private static bool IsSecret(ICustomAttributeProvider? declaration) =>
        declaration?.IsDefined(typeof(SecretAttribute), inherit: true) is true;
}
