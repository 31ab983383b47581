using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel;

/// <summary>
/// Checks the levels in the configuration section <c>Logging</c>. The framework would fail at an unknown level in the middle of the
/// start.
/// </summary>
internal static class LogLevels
{
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        var logging = configuration.GetSection("Logging");
        var groups = logging.GetChildren().Prepend(logging).Select(owner => owner.GetSection("LogLevel")).ToList();
        return groups
            .Where(group => !string.IsNullOrEmpty(group.Value))
            .Select(group =>
                $"{group.Path} is '{group.Value}', but it is a group of settings and has no value of its own. Did you mean {group.Path}:Default?"
            )
            .Concat(Unknown(groups));
    }

    private static IEnumerable<string> Unknown(IEnumerable<IConfigurationSection> groups) =>
        from levels in groups
        from level in levels.GetChildren()
        where !string.IsNullOrEmpty(level.Value) && !Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _)
        select $"{level.Path} is '{level.Value}'; it is one of {string.Join(", ", Enum.GetNames<LogLevel>())}.";
}
