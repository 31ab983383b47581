using System.CommandLine;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary><c>doctor</c>: checks a shop for all known problems, and names the fix for each that it finds.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan CatchUpTime = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var json = ShopCommands.Json();
        var command = new Command("doctor", "Check the shop and its files, and name the fix of what is wrong.") { json };
        var options = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var checks = await Examine(options.Url(parse), options.Directory(parse), ct);
                Check.Print(checks, parse.GetValue(json));
                return checks.Exists(check => check.Result == CheckResult.Failed) ? ExitCode.CheckFailed : ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task<List<Check>> Examine(string? url, string directory, CancellationToken ct)
    {
        // Hosting the modules would create missing files.
        if (url is null && FileChecks.Obstacle(directory, isHeld: false) is { } obstacle)
        {
            return [obstacle];
        }
        ShopConnection shop;
        try
        {
            shop = await ShopConnection.Open(url, directory, ct);
        }
        catch (IOException e) when (e is not DirectoryInUseException)
        {
            return
            [
                .. FileChecks.OfDirectory(directory),
                Check.Failed("modules", $"They could not be looked at: {e.Message}", "Remove the cause, then run the doctor again."),
            ];
        }
        await using (shop)
        {
            return await Examine(shop, ct);
        }
    }

    private static async Task<List<Check>> Examine(ShopConnection shop, CancellationToken ct)
    {
        var http = shop.Http;
        var processes = await http.Get<IReadOnlyList<ProcessView>>("/admin/v1/processes", ct);
        var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
        return
        [
            .. processes.SelectMany(process => OfProcess(process, [.. modules.Where(module => module.Process == process.Name)], shop)),
            .. modules.SelectMany(module => ModuleChecks.OfModule(module, shop.IsHosted)),
            .. (await Subscriptions(http, ct)).SelectMany(subscription =>
                ModuleChecks.OfSubscription(subscription, modules, shop.IsHosted)
            ),
        ];
    }

    // The files of a process on another machine cannot be looked at from here, which is said.
    private static IEnumerable<Check> OfProcess(ProcessView process, IReadOnlyList<ModuleView> modules, ShopConnection shop)
    {
        if (process.ProcessId == 0)
        {
            return [ModuleChecks.OfUnreachable(process)];
        }
        var directory = process.DataDirectory;
        IEnumerable<Check> ofFiles = FileChecks.Obstacle(directory, isHeld: true) is { } obstacle
            ? [obstacle]
            :
            [
                .. FileChecks.OfDirectory(directory),
                .. modules.SelectMany(module => FileChecks.OfModule(directory, module, shop.IsHosted)),
            ];
        return
        [
            ModuleChecks.OfRuntime(process),
            .. ModuleChecks.OfTopology(process),
            .. ofFiles,
            .. modules.Select(module => WalChecks.OfModule(directory, module)),
        ];
    }

    // A shop that has just started is still catching up, which is not a problem.
    private static async Task<IReadOnlyList<SubscriptionView>> Subscriptions(HttpClient http, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(CatchUpTime);
        try
        {
            return await CatchUp.Wait(http, subscriber: null, timeout.Token);
        }
        catch (Exception e) when (e is CommandFailedException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", ct);
        }
    }
}
