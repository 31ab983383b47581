using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// The answers given under an Idempotency-Key, stored in the same transaction as the changes. A request that is repeated, even after a
/// crash, gets the first answer and changes nothing. Failures are not stored, as they changed nothing.
/// </summary>
internal sealed class IdempotentAnswers(UnitOfWorkScope unitOfWork, AnswerSerializer serializer, WriterOptions options, TimeProvider clock)
{
    private DbConnection Connection => unitOfWork.Transaction!.Connection;

    /// <exception cref="UnprocessableException">The key was used for another request.</exception>
    /// <exception cref="ConflictException">The stored answer was deleted because a person was erased.</exception>
    public bool TryFind<TResult>(KeyedRequest request, [MaybeNullWhen(false)] out TResult answer)
    {
        using var select = Connection.Command(
            """
            SELECT route, fingerprint, secrets, result FROM idempotency_keys
            WHERE caller = $caller AND key = $key AND command = $command AND created_at >= $expired
            """,
            ("$caller", request.Caller),
            ("$key", request.Key),
            ("$command", request.Command),
            ("$expired", (clock.GetUtcNow() - options.IdempotencyKeyLifetime).ToUnixTimeMilliseconds())
        );
        using var row = select.ExecuteReader();
        if (!row.Read())
        {
            answer = default;
            return false;
        }
        if (row.GetString(3).Length == 0)
        {
            throw new ConflictException("It was done before. Its answer was erased together with the data of the person it was about.");
        }
        // Answers stored by an earlier version have no route.
        var route = row.IsDBNull(0) ? request.Route : row.GetString(0);
        var secrets = row.IsDBNull(2) ? null : row.GetString(2);
        if (route != request.Route || row.GetString(1) != request.Fingerprint || secrets != request.Secrets)
        {
            throw new UnprocessableException("The Idempotency-Key was used before, for a request with another content.");
        }
        answer = serializer.Deserialize<TResult>(row.GetString(3));
        return true;
    }

    public void Keep<TResult>(KeyedRequest request, TResult result)
    {
        var now = clock.GetUtcNow();
        // REPLACE, because TryFind may have ignored an answer as expired that DELETE keeps after the clock was set back.
        using var insert = Connection.Command(
            """
            DELETE FROM idempotency_keys WHERE created_at < $expired;
            REPLACE INTO idempotency_keys (caller, key, route, command, fingerprint, secrets, result, created_at)
            VALUES ($caller, $key, $route, $command, $fingerprint, $secrets, $result, $now);
            """,
            ("$expired", (now - options.IdempotencyKeyLifetime).ToUnixTimeMilliseconds()),
            ("$caller", request.Caller),
            ("$key", request.Key),
            ("$route", request.Route),
            ("$command", request.Command),
            ("$fingerprint", request.Fingerprint),
            ("$secrets", request.Secrets),
            ("$result", serializer.Serialize(result)),
            ("$now", now.ToUnixTimeMilliseconds())
        );
        insert.ExecuteNonQuery();
    }

    /// <summary>
    /// Deletes the content of the answers that contain this id. The rows stay, so that a repeated request does not do its work again.
    /// </summary>
    public void Drop(Guid subject) =>
        Connection.Execute(
            "UPDATE idempotency_keys SET fingerprint = '', secrets = NULL, result = '' WHERE instr(result, $subject)",
            ("$subject", subject.ToString())
        );
}

/// <summary>Serializes answers to be stored. Each module has its own instance, which is released with the module's types.</summary>
internal sealed class AnswerSerializer
{
    private readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    public string Serialize<TResult>(TResult result) => JsonSerializer.Serialize(result, json);

    public TResult Deserialize<TResult>(string stored) => JsonSerializer.Deserialize<TResult>(stored, json)!;
}
