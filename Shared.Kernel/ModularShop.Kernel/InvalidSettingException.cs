using System.Text.Json;

namespace ModularShop.Kernel;

/// <summary>Settings cannot be meant or read. The message has a line for each.</summary>
public sealed class InvalidSettingException(string message) : Exception(message)
{
    /// <summary>A configuration file that is no JSON, or not such as settings are made of.</summary>
    public static InvalidSettingException Of(InvalidDataException unreadable)
    {
        var reason = unreadable.InnerException?.InnerException is JsonException { LineNumber: { } line } json
            ? $"line {line + 1}: {json.Message.Split(" LineNumber:")[0]}"
            : unreadable.InnerException?.Message;
        return new InvalidSettingException($"{unreadable.Message.TrimEnd('.')}{(reason is null ? "." : $": {reason}")}");
    }
}
