using System.CommandLine;
using System.Net.Sockets;
using ModularShop.Kernel;
using ModularShop.Kernel.Hosting;
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
        var topology = new Option<string?>("--topology")
        {
            Description = "The file that says which process runs which modules, and where.",
            HelpName = "FILE",
        };
        var process = new Option<string?>("--as") { Description = "The name of this process in the topology.", HelpName = "NAME" };
        var workshop = new Option<bool>("--workshop")
        {
            Description = "Run the modules of the workshop too. They are examples, and not part of the shop.",
        };
        var command = new Command("run", "Serve the shop.") { data, urls, modules, topology, process, workshop };
        command.Validators.Add(result =>
        {
            if (result.GetResult(topology) is { Implicit: false } != result.GetResult(process) is { Implicit: false })
            {
                result.AddError("--topology FILE and --as NAME are given together: the file, and the name of this process in it.");
            }
            else if (result.GetResult(topology) is { Implicit: false } && result.GetResult(modules) is { Implicit: false })
            {
                result.AddError("--modules and --topology both say which modules run here: give one of them.");
            }
        });
        command.SetAction(
            (parse, ct) =>
            {
                var (isDataTyped, isUrlsTyped) = (IsTyped(parse, data), IsTyped(parse, urls));
                var (directory, addresses) = (parse.GetRequiredValue(data), parse.GetRequiredValue(urls));
                var sources = parse.GetValue(workshop) ? WorkshopModules.WithShop : ShopModules.All;
                if (parse.GetValue(topology) is not { } path)
                {
                    var named = parse.GetValue(modules) is { } list ? ShopModules.Named(list, sources) : null;
                    return Run(RealPath.Of(directory), addresses, isUrlsTyped, new HostedModules(named) { Sources = sources }, ct);
                }
                var hosted = HostedModules.In(path, parse.GetRequiredValue(process)!, sources, out var placed);
                return Run(
                    RealPath.Of(isDataTyped ? directory : placed.Data ?? directory),
                    isUrlsTyped ? addresses : placed.Listen ?? placed.Address.ToString(),
                    typed: true,
                    hosted,
                    ct
                );
            }
        );
        return command;
    }

    private static bool IsTyped(ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };

    private static async Task<int> Run(string data, string urls, bool typed, HostedModules hosted, CancellationToken ct)
    {
        var started = false;
        // A port in use is reported once, below, instead of with two stack traces.
        void Log(ILoggingBuilder logging)
        {
            logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => started && level >= LogLevel.Warning);
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        }
        var configured = typed ? ConfiguredAddresses.Overruled : ConfiguredAddresses.Used;
        await using var app = Shop.Create(hosted, data, ListenAddresses.ForServer(urls), configured, Log);
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
