using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>A command sent under an Idempotency-Key, with the values that a later command under the same key is compared with.</summary>
/// <param name="Caller">The subject of the caller that the key belongs to; empty for an anonymous caller.</param>
/// <param name="Route">The route of the endpoint that the request was sent to.</param>
/// <param name="Command">The name of the command, with a number if the request sent the same command before.</param>
/// <param name="Fingerprint">A hash of all properties but the secrets.</param>
/// <param name="Secrets">A keyed hash of all properties; null when there are no secrets.</param>
internal sealed record KeyedRequest(string Caller, string Key, string Route, string Command, string Fingerprint, string? Secrets);

/// <summary>
/// Identifies the commands that are sent under an Idempotency-Key. Each module has its own instance, so that cached type information is
/// released with the module.
/// </summary>
internal sealed class KeyedRequests
{
    private readonly HashKey hashKey;
    private readonly IReadOnlyList<AssemblyLoadContext> contexts;
    private readonly JsonSerializerOptions allProperties;
    private readonly JsonSerializerOptions openProperties;

    /// <param name="module">The module's assembly.</param>
    public KeyedRequests(HashKey hashKey, Assembly module)
    {
        this.hashKey = hashKey;
        contexts = [.. new[] { AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(module)! }.Distinct()];
        allProperties = Comparing(property => !IsMarked<NotComparedAttribute>(property));
        openProperties = Comparing(property => !IsMarked<NotComparedAttribute>(property) && !IsMarked<SecretAttribute>(property));
    }

    /// <exception cref="StorageException">The command has secrets, and the key for their hash cannot be read or created.</exception>
    public KeyedRequest Of<TCommand>(SentRequest request, string key, TCommand command)
    {
        var name = NameOf<TCommand>();
        var sentBefore = request.Done(name);
        name = sentBefore == 0 ? name : $"{name} {sentBefore + 1}";
        var whole = JsonSerializer.SerializeToUtf8Bytes(command, allProperties);
        var open = JsonSerializer.SerializeToUtf8Bytes(command, openProperties);
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

    /// <summary>
    /// Records that the request has executed a command. The next command of the same name under this request counts as a different one.
    /// </summary>
    public static void MarkDone<TCommand>(SentRequest request) => request.MarkDone(NameOf<TCommand>());

    // The command of a slice is nested in it: PlaceOrder.Command.
    private static string NameOf<TCommand>() =>
        typeof(TCommand).DeclaringType is { } slice ? $"{slice.Name}.{typeof(TCommand).Name}" : typeof(TCommand).Name;

    // The hash includes key and command, so that equal secrets of two requests have different hashes.
    private string HashOf(string key, string command, byte[] content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, hashKey.Bytes);
        hash.AppendData(Encoding.UTF8.GetBytes($"{key}\0{command}\0"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private JsonSerializerOptions Comparing(Func<JsonPropertyInfo, bool> isCompared) =>
        new(JsonSerializerDefaults.Web)
        {
            IncludeFields = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { type => CompareAllOf(type, isCompared) } },
        };

    private void CompareAllOf(JsonTypeInfo type, Func<JsonPropertyInfo, bool> isCompared)
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

    // Properties from the route or a header, which JSON ignores, are part of the request too.
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
            // A name that no other property can have.
            var included = type.CreateJsonPropertyInfo(ignored.PropertyType, $"{ignored.Name}, ignored");
            included.Get = ignored.GetValue;
            included.AttributeProvider = ignored;
            type.Properties.Add(included);
        }
    }

    // All values of such a type would compare equal, and a key would match another request.
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

    // For a property of a base type, the serializer writes only the base type's properties unless it knows the derived types.
    private List<JsonDerivedType> DerivedFrom(Type type) =>
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

    // The base type may belong to a contract, and the derived types to the module. Another build of the module may be loaded too, in
    // another context.
    private IEnumerable<Assembly> AssembliesThatKnow(Assembly assembly) =>
        contexts
            .SelectMany(context => context.Assemblies)
            .Where(other =>
                other == assembly
                || !other.IsDynamic && other.GetReferencedAssemblies().Any(reference => reference.Name == assembly.GetName().Name)
            );

    // On a positional record, the attribute may be on the constructor's parameter.
    private static bool IsMarked<TAttribute>(JsonPropertyInfo property)
        where TAttribute : Attribute =>
        IsMarked<TAttribute>(property.AttributeProvider) || IsMarked<TAttribute>(property.AssociatedParameter?.AttributeProvider);

    private static bool IsMarked<TAttribute>(ICustomAttributeProvider? declaration)
        where TAttribute : Attribute => declaration?.IsDefined(typeof(TAttribute), inherit: true) is true;
}
