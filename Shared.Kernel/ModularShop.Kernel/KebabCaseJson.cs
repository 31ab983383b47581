using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModularShop.Kernel;

/// <summary>Writes the values of an enumeration by name, in kebab case, and reads them so.</summary>
internal sealed class KebabCaseJson<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
