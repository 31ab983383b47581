using System.Diagnostics;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary>What is wrong in the shop during a measurement.</summary>
/// <param name="Module">The module that has the fault; null when all is well.</param>
/// <param name="IsDown">Whether its process is killed.</param>
internal sealed record Situation(string Name, string? Module, Fault Fault, bool IsDown = false)
{
    private static readonly TimeSpan RepairLimit = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("all up", null, Fault.None),
        new("catalog down", "catalog", Fault.None, IsDown: true),
        new("orders down", "orders", Fault.None, IsDown: true),
        new("orders 200 ms slower", "orders", new Fault(Delay: TimeSpan.FromMilliseconds(200))),
        new("orders fails 10 %", "orders", new Fault(FailureShare: 0.1)),
        new("catalog fails 10 %", "catalog", new Fault(FailureShare: 0.1)),
    ];

    public bool TakesOrders => !(IsDown && Module == "orders");

    public async Task Begin(ComparedShop shop)
    {
        if (Module is null)
        {
            return;
        }
        shop.ProxyOf(Module).Fault = Fault;
        if (IsDown)
        {
            await shop.Kill(Module);
        }
    }

    /// <summary>Repairs the shop. Returns when both modules answer everything again.</summary>
    /// <exception cref="CommandFailedException">They do not.</exception>
    public async Task End(ComparedShop shop, ComparedData data, CancellationToken ct)
    {
        if (Module is null)
        {
            return;
        }
        shop.ProxyOf(Module).Fault = Fault.None;
        if (IsDown)
        {
            await shop.Start(Module, ct);
        }
        await shop.CatchUp(ct);
        var repaired = Stopwatch.GetTimestamp();
        while (await Ask() is not Outcome.Full)
        {
            if (Stopwatch.GetElapsedTime(repaired) > RepairLimit)
            {
                throw new CommandFailedException($"After '{Name}', {ComparedShop.WithRequests} did not answer everything again.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }

        async Task<Outcome> Ask() =>
            (await Question.Ask(shop.Client(ComparedShop.WithRequests), ComparedShop.WithRequests, data.AnyCustomer(), ct)).Outcome;
    }
}
