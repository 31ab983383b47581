using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Personal data in a payload: an object with the person's id and the field's JSON, encrypted by AES-256-GCM with the person's key. It is
/// bound to the event's name and the field, so that it cannot be moved to another one.
/// </summary>
internal static class SealedData
{
    public const int KeyLength = 32;

    private const string Person = "personOf";
    private const string Cipher = "sealed";

    // A text in a payload cannot contain this: its quotes are escaped.
    private const string Start = $$"""{"{{Person}}":""";

    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagLength = AesGcm.TagByteSizes.MaxSize;

    public static JsonObject Seal(JsonNode value, Guid person, byte[] key, string eventName, string field)
    {
        var text = Encoding.UTF8.GetBytes(value.ToJsonString());
        var bytes = new byte[NonceLength + text.Length + TagLength];
        var nonce = bytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, text, bytes.AsSpan(NonceLength, text.Length), bytes.AsSpan()[^TagLength..], Binding(eventName, field));
        return new JsonObject { [Person] = person, [Cipher] = Convert.ToBase64String(bytes) };
    }

    /// <summary>Whether a payload may contain any.</summary>
    public static bool IsIn(string payload) => payload.Contains(Start, StringComparison.Ordinal);

    /// <summary>The persons whose data a payload contains.</summary>
    public static IEnumerable<Guid> PersonsIn(string payload)
    {
        for (var at = Next(payload, 0); at >= 0; at = Next(payload, at))
        {
            // A quoted id follows. If not, the field is refused when it is opened.
            at += Start.Length;
            if (payload.Length > at + 37 && Guid.TryParse(payload.AsSpan(at + 1, 36), out var person))
            {
                yield return person;
            }
        }
    }

    /// <summary>Decrypts the fields of a payload. Those of persons without a key are removed.</summary>
    /// <exception cref="UnreadableEventException">A field was changed, or is not of this form.</exception>
    public static void Open(JsonObject payload, IReadOnlyDictionary<Guid, byte[]> keys, string eventName)
    {
        foreach (var (field, value) in payload.ToList())
        {
            if (!IsSealed(value, out var data))
            {
                continue;
            }
            try
            {
                payload.Remove(field);
                if (keys.TryGetValue(data[Person]!.GetValue<Guid>(), out var key))
                {
                    payload[field] = Open(Convert.FromBase64String(data[Cipher]!.GetValue<string>()), key, Binding(eventName, field));
                }
            }
            catch (Exception e) when (e is CryptographicException or FormatException or InvalidOperationException or ArgumentException)
            {
                throw new UnreadableEventException($"The personal data in '{field}' of '{eventName}' is damaged: {e.Message}", e);
            }
        }
    }

    private static JsonNode? Open(byte[] bytes, byte[] key, byte[] binding)
    {
        if (bytes.Length < NonceLength + TagLength)
        {
            throw new FormatException("It is too short.");
        }
        var text = new byte[bytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength, text.Length), bytes.AsSpan()[^TagLength..], text, binding);
        return JsonNode.Parse(text);
    }

    private static int Next(string payload, int from) => payload.IndexOf(Start, from, StringComparison.Ordinal);

    private static bool IsSealed(JsonNode? value, [NotNullWhen(true)] out JsonObject? data)
    {
        data = value as JsonObject;
        return data is { Count: 2 } && data.ContainsKey(Person) && data.ContainsKey(Cipher);
    }

    private static byte[] Binding(string eventName, string field) => Encoding.UTF8.GetBytes($"{eventName}\n{field}");
}
