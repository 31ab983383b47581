using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Requests;

/// <summary>The request header <c>Idempotency-Key</c> (IETF draft-ietf-httpapi-idempotency-key-header).</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public const int MaxLength = 200;

    /// <summary>The key; null when the request has none.</summary>
    /// <exception cref="BadRequestException">The key is empty or too long, or there are several.</exception>
    public static string? Of(StringValues header) =>
        header switch
        {
            [] => null,
            [{ Length: > 0 and <= MaxLength } key] => key,
            _ => throw new BadRequestException($"One key of 1 to {MaxLength} characters is expected.", Header),
        };
}
