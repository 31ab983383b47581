using System.CommandLine;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Host.CommandLine;

/// <summary><c>run</c>: serves the shop until it is asked to end.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "The directory of the modules' files; created if need be.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Shop.DefaultDirectory,
        };
        var urls = new Option<string>("--urls")
        {
            Description = "Addresses to listen on, separated by semicolons; port 0 takes a free one.",
            HelpName = "URLS",
            DefaultValueFactory = _ => Shop.DefaultUrls,
        };
        urls.Validators.Add(result =>
        {
            if (!result.GetValueOrDefault<string>().Split(';').All(IsAddress))
            {
                result.AddError($"--urls takes addresses such as {Shop.DefaultUrls}.");
            }
        });
        var modules = new Option<string?>("--modules")
        {
            Description = "Run these modules only, separated by commas. Default: all.",
            HelpName = "A,B",
        };
        var command = new Command("run", "Serve the shop.") { data, urls, modules };
        command.SetAction(
            (parse, ct) =>
            {
                var typed = parse.GetResult(urls) is { Implicit: false };
                var named = ShopModules.Named(parse.GetValue(modules));
                return Run(RealPath.Of(parse.GetRequiredValue(data)), parse.GetRequiredValue(urls), typed, named, ct);
            }
        );
        return command;
    }

    private static async Task<int> Run(string data, string urls, bool typed, IReadOnlyList<Module> modules, CancellationToken ct)
    {
        var started = false;
        // A port in use is said once, below, and not as two stack traces.
        void Log(ILoggingBuilder logging)
        {
            logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => started && level >= LogLevel.Warning);
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        }
        var configured = typed ? ConfiguredAddresses.Overruled : ConfiguredAddresses.Used;
        await using var app = Shop.Create(modules, data, urls, configured, Log);
        try
        {
            await app.Start(ct);
        }
        catch (IOException e) when (e is not DirectoryInUseException)
        {
            throw new CommandFailedException($"Cannot listen on {urls}: {(e.InnerException ?? e).Message}. Choose another with --urls.");
        }
        started = true;
        SayWhereToLook(app, data);
        if (app.HasConfiguredAddresses)
        {
            Terminal.Message(
                typed
                    ? $"Kestrel:Endpoints of the configuration is left aside for --urls {urls}."
                    : $"Listening where Kestrel:Endpoints of the configuration says, not on {urls}; --urls overrules it."
            );
        }
        await app.WaitForShutdown(ct);
        return ExitCode.Ok;
    }

    private static void SayWhereToLook(ModularApplication app, string data)
    {
        var address = app.Address.ToString().TrimEnd('/');
        Console.Out.WriteLine($"Shop    {address}");
        Console.Out.WriteLine($"API     {address}/docs");
        Console.Out.WriteLine($"Health  {address}/health/ready");
        Console.Out.WriteLine($"Data    {data}");
        foreach (var (module, reason) in app.Quarantined)
        {
            Terminal.Message($"Module {module} is quarantined: {reason}");
        }
    }

    // TLS ends in front of the shop.
    private static bool IsAddress(string url) =>
        BindingAddressOf(url) is { Scheme: "http", IsUnixPipe: false } address && address.Port is >= 0 and <= 65535;

    private static BindingAddress? BindingAddressOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
