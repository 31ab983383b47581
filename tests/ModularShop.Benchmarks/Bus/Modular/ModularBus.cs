using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Modules;

namespace ModularShop.Benchmarks.Bus.Modular;

/// <summary>Two modules in one application, as a host starts them.</summary>
internal sealed class ModularBus(ModularApplication application, ShopOrdersModule orders) : IBus
{
    public const string Name = "ModularShop";

    public bool Delivers => true;

    public static async Task<IBus> Start(BusFiles files, Watch watch, Gate gate)
    {
        var orders = new ShopOrdersModule();
        var commits = new Commits(orders.Name, watch);
        var application = ModularApplication.Create(
            new ModularApplicationOptions
            {
                Modules = [orders, new ShopPurchasesModule(commits, watch, gate)],
                DataDirectory = files.Directory,
                FaultHook = commits.Reach,
                ConfigureBuilder = builder => builder.Logging.ErrorsOnly(),
            }
        );
        await application.Start();
        return application.Quarantined is { Count: > 0 } ill
            ? throw new InvalidOperationException(string.Join(' ', ill.Values))
            : new ModularBus(application, orders);
    }

    public Task Place(Basket basket) => orders.Place(basket);

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
