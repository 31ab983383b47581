using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.Bus.Modular;

/// <summary>Two modules in one application, as a host starts them.</summary>
internal sealed class ModularBus(ModularApplication application, Func<Basket, Task> place) : IBus
{
    public const string Name = "ModularShop";

    /// <summary>The same as module code is written: entities of EF Core's model, written directly.</summary>
    public const string WithEntities = "ModularShop, Insert and AddUp";

    /// <summary>The same with orders that EF Core saves.</summary>
    public const string WithEfCore = "ModularShop, EF Core";

    public bool Delivers => true;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate) =>
        Start(files, watch, gate, basket => new PlaceOrder.Command(basket), InSql);

    public static Task<IBus> StartWithEntities(BusFiles files, Watch watch, Gate gate) =>
        Start(files, watch, gate, basket => new InsertOrder.Command(basket), (db, placed) => db.AddUp(ShopPurchase.Of(placed)));

    public static Task<IBus> StartWithEfCore(BusFiles files, Watch watch, Gate gate) =>
        Start(files, watch, gate, basket => new SaveOrder.Command(basket), InSql);

    private static void InSql(ShopPurchasesDb db, OrderPlaced placed) => db.Execute(Purchases.Upsert, Purchases.ValuesOf(placed));

    private static async Task<IBus> Start(BusFiles files, Watch watch, Gate gate, Func<Basket, ICommand<Guid>> command, WritePurchase write)
    {
        var orders = new ShopOrdersModule();
        var commits = new Commits(orders.Name, watch);
        var application = ModularApplication.Create(
            new ModularApplicationOptions
            {
                Modules = [ModuleSource.Of(() => orders), ModuleSource.Of(() => new ShopPurchasesModule(commits, watch, gate, write))],
                DataDirectory = files.Directory,
                FaultHook = commits.Reach,
                ConfigureBuilder = builder => builder.Logging.ErrorsOnly(),
            }
        );
        await application.Start();
        return application.Quarantined is { Count: > 0 } ill
            ? throw new InvalidOperationException(string.Join(' ', ill.Values))
            : new ModularBus(application, basket => orders.Send(command(basket)));
    }

    public Task Place(Basket basket) => place(basket);

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
