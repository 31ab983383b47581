using System.CommandLine;
using System.Net.Sockets;
using ModularShop.Kernel;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary><c>run</c>: serves the shop until it is asked to stop.</summary>
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
            if (ListenAddresses.Problem(result.GetValueOrDefault<string>()) is { } problem)
            {
                result.AddError($"--urls takes addresses such as {Shop.DefaultUrls}: {problem}.");
            }
        });
        var modules = new Option<string?>("--modules")
        {
            Description = "Run these modules only, separated by commas. Default: all.",
            HelpName = "A,B",
        };
        modules.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } list && ShopModules.Split(list).Count == 0)
            {
                result.AddError("--modules names no module. Without it all run.");
            }
        });
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

    private static async Task<int> Run(string data, string urls, bool typed, IReadOnlyList<ModuleSource> modules, CancellationToken ct)
    {
        var started = false;
        // A port in use is reported once, below, instead of with two stack traces.
        void Log(ILoggingBuilder logging)
        {
            logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => started && level >= LogLevel.Warning);
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        }
        var configured = typed ? ConfiguredAddresses.Overruled : ConfiguredAddresses.Used;
        await using var app = Shop.Create(modules, data, ListenAddresses.ForServer(urls), configured, Log);
        try
        {
            await app.Start(ct);
        }
        catch (Exception e) when (e is SocketException or IOException && (typed || !app.HasConfiguredAddresses))
        {
            throw new CommandFailedException($"Cannot listen on {urls}: {ListenAddresses.Reason(e)}. Choose another with --urls.");
        }
        catch (Exception e)
            when (e is InvalidOperationException or FormatException
                && e.Source?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) is true
            )
        {
            throw new InvalidSettingException($"A setting below Kestrel cannot be used: {e.Message}");
        }
        started = true;
        try
        {
            SayWhereToLook(app, data);
            if (app.HasConfiguredAddresses)
            {
                Terminal.Message(
                    typed
                        ? $"Kestrel:Endpoints of the configuration is left aside for --urls {urls}."
                        : $"Listening where Kestrel:Endpoints of the configuration says, not on {urls}; --urls overrules it."
                );
            }
        }
        catch (IOException e)
        {
            // The shop must run even if its output cannot be written.
            Terminal.Message($"modularshop: {e.Message} The shop runs at {app.Address}");
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
}
