using System.Text.Json;

namespace ModularShop.Kernel;

/// <summary>Settings are invalid or cannot be read. The message has one line for each.</summary>
public sealed class InvalidSettingException(string message) : Exception(message)
{
    /// <summary>The exception for a configuration file that is not valid JSON or does not have the form of settings.</summary>
    public static InvalidSettingException Of(InvalidDataException unreadable)
    {
        var reason = unreadable.InnerException?.InnerException is JsonException { LineNumber: { } line } json
            ? $"line {line + 1}: {json.Message.Split(" LineNumber:")[0]}"
            : unreadable.InnerException?.Message;
        return new InvalidSettingException($"{unreadable.Message.TrimEnd('.')}{(reason is null ? "." : $": {reason}")}");
    }
}
