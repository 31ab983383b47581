using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>A command that was sent under an Idempotency-Key, and what a later one under that key is compared with.</summary>
/// <param name="Caller">Whose key it is: the subject of the caller, empty for somebody who did not say who they are.</param>
/// <param name="Route">Where the request was sent to, as the endpoint was mapped.</param>
/// <param name="Command">The name of the command; with a number when the request sent it before.</param>
/// <param name="Fingerprint">A hash of all but its secrets.</param>
/// <param name="Secrets">A keyed hash of all of it; null when it has no secrets.</param>
internal sealed record KeyedRequest(string Caller, string Key, string Route, string Command, string Fingerprint, string? Secrets);

/// <summary>Tells the commands apart that are sent under an Idempotency-Key.</summary>
internal sealed class KeyedRequests(HashKey hashKey)
{
    private static readonly JsonSerializerOptions Whole = Comparing(property => !IsMarked<NotComparedAttribute>(property));

    private static readonly JsonSerializerOptions WithoutSecrets = Comparing(property =>
        !IsMarked<NotComparedAttribute>(property) && !IsMarked<SecretAttribute>(property)
    );

    /// <exception cref="StorageException">The command has secrets, and the key of their hash cannot be had.</exception>
    public KeyedRequest Of<TCommand>(SentRequest request, string key, TCommand command)
    {
        var name = NameOf<TCommand>();
        var sentBefore = request.Done(name);
        name = sentBefore == 0 ? name : $"{name} {sentBefore + 1}";
        var whole = JsonSerializer.SerializeToUtf8Bytes(command, Whole);
        var open = JsonSerializer.SerializeToUtf8Bytes(command, WithoutSecrets);
        var hasSecrets = whole.Length != open.Length;
        return new KeyedRequest(
            request.Caller.Subject ?? "",
            key,
            request.Route,
            name,
            Convert.ToHexStringLower(SHA256.HashData(open)),
            hasSecrets ? HashOf(key, name, whole) : null
        );
    }

    /// <summary>Notes that the request did the work of one command: the next one of that name is another piece of work.</summary>
    public static void MarkDone<TCommand>(SentRequest request) => request.MarkDone(NameOf<TCommand>());

    // A slice's command is called Command and lives in the slice: PlaceOrder.Command.
    private static string NameOf<TCommand>() =>
        typeof(TCommand).DeclaringType is { } slice ? $"{slice.Name}.{typeof(TCommand).Name}" : typeof(TCommand).Name;

    // Key and command are hashed too, so that equal secrets of two requests have different hashes.
    private string HashOf(string key, string command, byte[] content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, hashKey.Bytes);
        hash.AppendData(Encoding.UTF8.GetBytes($"{key}\0{command}\0"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static JsonSerializerOptions Comparing(Func<JsonPropertyInfo, bool> isCompared) =>
        new(JsonSerializerDefaults.Web)
        {
            IncludeFields = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { type => CompareAllOf(type, isCompared) } },
        };

    private static void CompareAllOf(JsonTypeInfo type, Func<JsonPropertyInfo, bool> isCompared)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }
        IncludeIgnored(type);
        RefuseHidden(type);
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (!isCompared(property))
            {
                type.Properties.RemoveAt(i);
            }
            else if (IsMarked<SecretAttribute>(property))
            {
                property.ShouldSerialize = (_, secret) => secret is not null;
            }
        }
        if (type.PolymorphismOptions is null && DerivedFrom(type.Type) is { Count: > 0 } derived)
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions { IgnoreUnrecognizedTypeDiscriminators = true };
            derived.ForEach(type.PolymorphismOptions.DerivedTypes.Add);
        }
    }

    // What comes from the route or a header instead of the body is part of the request too.
    private static void IncludeIgnored(JsonTypeInfo type)
    {
        foreach (var ignored in type.Type.GetProperties())
        {
            if (ignored.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always } || !ignored.CanRead)
            {
                continue;
            }
            if (type.Properties.FirstOrDefault(property => ignored.Equals(property.AttributeProvider)) is { } absent)
            {
                type.Properties.Remove(absent);
            }
            // Under a name that no other has.
            var included = type.CreateJsonPropertyInfo(ignored.PropertyType, $"{ignored.Name}, ignored");
            included.Get = ignored.GetValue;
            included.AttributeProvider = ignored;
            type.Properties.Add(included);
        }
    }

    // All of its values would be equal, and a key would match another request.
    private static void RefuseHidden(JsonTypeInfo type)
    {
        if (type.Properties.Count == 0 && FieldsOf(type.Type).FirstOrDefault() is { } hidden)
        {
            throw new InvalidOperationException(
                $"{type.Type} cannot be compared under an Idempotency-Key: it keeps {hidden.Name} and has no property that can be read. "
                    + "Give it one, or mark the command's property of this type with [NotCompared]."
            );
        }
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    // For a property of a base type, the serialiser writes only what the base type has, unless it knows the derived types.
    private static List<JsonDerivedType> DerivedFrom(Type type) =>
        type.IsSealed
            ? []
            :
            [
                .. AssembliesThatKnow(type.Assembly)
                    .SelectMany(assembly => assembly.GetTypes())
                    .Where(other => other != type && type.IsAssignableFrom(other))
                    .Where(other => other is { IsAbstract: false, IsGenericTypeDefinition: false })
                    .Select(other => new JsonDerivedType(other, $"{other.FullName}, {other.Assembly.GetName().Name}")),
            ];

    // The base type may be of a contract, and those that derive from it of a module.
    private static IEnumerable<Assembly> AssembliesThatKnow(Assembly assembly) =>
        AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(other =>
                other == assembly
                || !other.IsDynamic && other.GetReferencedAssemblies().Any(reference => reference.Name == assembly.GetName().Name)
            );

    // On a positional record, an attribute may stand on the constructor's parameter.
    private static bool IsMarked<TAttribute>(JsonPropertyInfo property)
        where TAttribute : Attribute =>
        IsMarked<TAttribute>(property.AttributeProvider) || IsMarked<TAttribute>(property.AssociatedParameter?.AttributeProvider);

    private static bool IsMarked<TAttribute>(ICustomAttributeProvider? declaration)
        where TAttribute : Attribute => declaration?.IsDefined(typeof(TAttribute), inherit: true) is true;
}
