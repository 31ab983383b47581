using Microsoft.Extensions.Configuration.Memory;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host;

/// <summary>Composes the shop: modules, configuration, logging and the host's own pages.</summary>
internal static class Shop
{
    public const string DefaultDirectory = "data";

    public const string DefaultUrls = "http://localhost:5080";

    // Built in, so that the shop works in any directory. appsettings.json and environment variables override them.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:ModularShop"] = "Information",
        ["Logging:Console:LogToStandardErrorThreshold"] = "Trace",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ",
        ["Logging:Console:FormatterOptions:ColorBehavior"] = StandardStream.IsErrorRedirected ? "Disabled" : "Default",
    };

    /// <exception cref="DirectoryInUseException">Another process holds the data directory, or one of the modules in it.</exception>
    /// <exception cref="CommandFailedException">The data directory is a file.</exception>
    public static ModularApplication Create(
        HostedModules hosted,
        string dataDirectory,
        string urls,
        ConfiguredAddresses configured,
        Action<ILoggingBuilder> configureLogging
    )
    {
        if (File.Exists(RealPath.Of(dataDirectory)))
        {
            throw new CommandFailedException($"{dataDirectory} is a file; a data directory is expected.");
        }
        SqliteLibrary.MustLoad();
        return ModularApplication.Create(
            new ModularApplicationOptions
            {
                Modules = hosted.Sources,
                Hosted = hosted.Names,
                Topology = hosted.Topology,
                Process = hosted.Process,
                DataDirectory = dataDirectory,
                Urls = urls,
                ConfiguredAddresses = configured,
                ConfigureBuilder = builder =>
                {
                    // The first source has the lowest priority.
                    builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
                    configureLogging(builder.Logging);
                },
                ConfigureRoot = root => Pages.Map(root, [.. hosted.Sources.Select(source => source.Descriptor)]),
            }
        );
    }

    /// <summary>The configuration of the modules for commands that run no shop.</summary>
    /// <exception cref="InvalidSettingException">appsettings.json cannot be read.</exception>
    public static IConfiguration Configuration()
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw InvalidSettingException.Of(e);
        }
    }

    /// <summary>
    /// Logging of commands that host the modules. Such a command reports quarantined modules itself, so the supervisors' log is off.
    /// </summary>
    public static void LogForCommands(ILoggingBuilder logging) =>
        logging.AddFilter("ModularShop", LogLevel.Error).AddFilter("ModularShop.Kernel.Modules.ModuleSupervisor", LogLevel.None);
}
