using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;

namespace ModularShop.Testing;

/// <summary>Runs real modules with real files behind a real Kestrel server on a free port of the loopback address.</summary>
public sealed class TestApplication : IAsyncDisposable
{
    private readonly ModularApplication application;
    private readonly bool ownsDirectory;

    private TestApplication(ModularApplication application, ServerLog log, string directory, bool ownsDirectory)
    {
        this.application = application;
        this.ownsDirectory = ownsDirectory;
        Directory = directory;
        Http = new TestClient(application.Address, log);
    }

    public TestClient Http { get; }

    public string Url => Http.Address.ToString().TrimEnd('/');

    /// <summary>The directory of the modules' files. Pass it to another start to test what survives a restart.</summary>
    public string Directory { get; }

    public IReadOnlyDictionary<string, string> Quarantined => application.Quarantined;

    /// <param name="modules">
    /// Each start of one uses the same object, so that a test can use it while the module runs and change it before a restart.
    /// </param>
    public static Task<TestApplication> Start(params Module[] modules) => Start(modules, directory: null);

    /// <inheritdoc cref="Start(IReadOnlyList{ModuleSource}, string, IReadOnlyDictionary{string, string}, Action{ModuleDescriptor, IServiceCollection}, TimeProvider, Action{WebApplication})"/>
    public static Task<TestApplication> Start(
        IReadOnlyList<Module> modules,
        string? directory,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<ModuleDescriptor, IServiceCollection>? configureServices = null,
        TimeProvider? clock = null,
        Action<WebApplication>? configureRoot = null
    ) => Start([.. modules.Select(module => ModuleSource.Of(() => module))], directory, settings, configureServices, clock, configureRoot);

    /// <param name="directory">An existing directory, which is kept; null for a new one that is deleted at the end.</param>
    /// <param name="settings">Configuration, for example <c>Kernel:Delivery:MaxAttempts</c>.</param>
    /// <param name="configureServices">Changes a module's container, to make it fail.</param>
    /// <param name="configureRoot">Maps pages and endpoints that belong to no module.</param>
    public static async Task<TestApplication> Start(
        IReadOnlyList<ModuleSource> modules,
        string? directory,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<ModuleDescriptor, IServiceCollection>? configureServices = null,
        TimeProvider? clock = null,
        Action<WebApplication>? configureRoot = null
    )
    {
        var data = directory ?? NewDirectory();
        var options = new ModularApplicationOptions
        {
            Modules = modules,
            DataDirectory = data,
            Clock = clock ?? TimeProvider.System,
            ConfigureServices = configureServices,
            ConfigureRoot = configureRoot,
        };
        return await Start(options, settings, ownsDirectory: directory is null);
    }

    internal static async Task<TestApplication> Start(
        ModularApplicationOptions options,
        IReadOnlyDictionary<string, string?>? settings,
        bool ownsDirectory
    )
    {
        var log = new ServerLog();
        var application = ModularApplication.Create(
            options with
            {
                ConfigureBuilder = builder =>
                {
                    builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
                    builder.Logging.ClearProviders().AddProvider(log).AddFilter<ServerLog>(category: null, LogLevel.Error);
                },
            }
        );
        try
        {
            await application.Start();
            return new TestApplication(application, log, options.DataDirectory, ownsDirectory);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("modularshop-test-").FullName;

    /// <inheritdoc cref="Operator.CaughtUp"/>
    public Task CaughtUp(bool allowDeadLetters = false) => Http.CaughtUp(allowDeadLetters);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await application.DisposeAsync();
        if (ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
