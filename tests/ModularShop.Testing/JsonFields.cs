using System.Text.Json;

namespace ModularShop.Testing;

/// <summary>Reads the fields of JSON in short form.</summary>
public static class JsonFields
{
    /// <summary>A text; empty when it is null.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";

    public static long Number(this JsonElement element, string property) => element.GetProperty(property).GetInt64();
}
