using System.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary><c>modules list</c>: the modules of this build or, with an address, the modules of a running shop and their states.</summary>
internal static class ModulesCommand
{
    public static Command Create() =>
        new("modules", "Look at the modules, and start those that are quarantined.")
        {
            List(),
            Change("restart", "Stop a module and start it again on whatever file is there then."),
            Change(
                "accept",
                "Start a quarantined module with what is in the place of its file: another file than before or, where it is missing, a new one. "
                    + "Nothing is moved or deleted."
            ),
        };

    private static Command Change(string name, string description)
    {
        var module = new Argument<string>("module") { Description = "The module." };
        return new Command(name, description) { module }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var path = $"/admin/v1/modules/{Uri.EscapeDataString(parse.GetRequiredValue(module))}/{name}";
                var view = await shop.Http.Post<ModuleView>(path, body: null, ct);
                Terminal.Message($"Module {view.Name} is {view.StateName}{(view.Reason is null ? "." : $": {view.Reason} {view.Cure}")}");
                return view.IsRunning ? ExitCode.Ok : ExitCode.Failure;
            }
        );
    }

    private static Command List()
    {
        var url = ShopOptions.UrlOption();
        var json = ShopCommands.Json();
        var command = new Command("list", "List the modules, and what they publish and listen to.") { url, json };
        command.SetAction(
            async (parse, ct) =>
            {
                if (parse.GetValue(url) is not { } address)
                {
                    PrintBuilt(parse.GetValue(json));
                    return ExitCode.Ok;
                }
                await using var shop = await ShopConnection.Open(address, data: null, ct);
                PrintRunning(await shop.Http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct), parse.GetValue(json));
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static void PrintBuilt(bool json)
    {
        var modules = ShopModules.Descriptors.Select(module => new
        {
            module.Name,
            module.Description,
            module.Publishes,
            module.ListensTo,
            module.OwnsData,
            Rebuildable = module.IsRebuildable,
        });
        if (json)
        {
            Terminal.Json(modules);
            return;
        }
        Terminal.Table(
            ["Module", "Description", "Publishes", "Listens to", "Rebuildable"],
            modules.Select(m => new[] { m.Name, m.Description, Lines(m.Publishes), Lines(m.ListensTo), YesNo(m.Rebuildable) })
        );
    }

    private static void PrintRunning(IReadOnlyList<ModuleView> modules, bool json)
    {
        if (json)
        {
            Terminal.Json(modules);
            return;
        }
        Terminal.Table(
            ["Module", "Process", "State", "Reason", "Description", "Publishes", "Listens to", "Rebuildable"],
            modules.Select(m =>
                new[]
                {
                    m.Name,
                    m.Process,
                    m.StateName,
                    m.Reason,
                    m.Description,
                    Lines(m.Publishes),
                    Lines(m.ListensTo),
                    YesNo(m.Rebuildable),
                }
            )
        );
    }

    // A redirected table is for programs that read lines.
    private static string Lines(IReadOnlyList<string> names) => string.Join(StandardStream.IsOutputRedirected ? "," : "\n", names);

    private static string YesNo(bool value) => value ? "yes" : "no";
}
