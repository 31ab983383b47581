using System.CommandLine;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary><c>rebuild</c>: clears a module's read copies and replays the events that fill them.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var module = new Argument<string>("module") { Description = "The module to rebuild." };
        var copy = new Option<string>("--copy")
        {
            Description = "The read copy to rebuild; all of the module without it.",
            HelpName = "NAME",
        };
        var wait = new Option<bool>("--wait")
        {
            Description = "Return when the module has caught up. Without --url it always waits, as the modules end with the command.",
        };
        return new Command("rebuild", "Drop a module's read copies and replay the events of the others.") { module, copy, wait }.ActsOnShop(
            async (parse, shop, ct) =>
            {
                var name = parse.GetRequiredValue(module);
                var query = parse.GetValue(copy) is { } only ? $"?copy={Uri.EscapeDataString(only)}" : "";
                var path = $"/admin/v1/modules/{Uri.EscapeDataString(name)}/rebuild{query}";
                await shop.Http.Post<IReadOnlyList<SubscriptionView>>(path, body: null, ct);
                if (!parse.GetValue(wait) && !shop.IsHosted)
                {
                    Terminal.Message($"Module {name} is being rebuilt.");
                    return ExitCode.Ok;
                }
                Report(name, await CatchUp.Wait(shop.Http, name, ct));
                return ExitCode.Ok;
            }
        );
    }

    private static void Report(string module, IReadOnlyList<SubscriptionView> subscriptions)
    {
        Terminal.Message($"Module {module} is rebuilt from {subscriptions.Sum(s => s.Position)} events.");
        foreach (var absent in subscriptions.Where(s => s.State == SubscriptionState.WaitingForSource))
        {
            Terminal.Message($"Module {absent.Source} is not running: its events come when it does.");
        }
        if (subscriptions.Sum(s => s.DeadLetters) is > 0 and var dead)
        {
            Terminal.Message($"{dead} of them could not be applied: see 'modularshop dead-letters list {module}'.");
        }
    }
}
