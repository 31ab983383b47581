using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel;

/// <summary>The levels in the configuration section <c>Logging</c>: the framework would meet an unknown one in the midst of the start.</summary>
internal static class LogLevels
{
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        var logging = configuration.GetSection("Logging");
        return from owner in logging.GetChildren().Prepend(logging)
            from level in owner.GetSection("LogLevel").GetChildren()
            where !string.IsNullOrEmpty(level.Value) && !Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _)
            select $"{level.Path} is '{level.Value}'; it is one of {string.Join(", ", Enum.GetNames<LogLevel>())}.";
    }
}
