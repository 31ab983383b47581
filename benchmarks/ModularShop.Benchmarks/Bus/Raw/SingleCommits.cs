using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>One commit for each order and its event, one after the other, without a subscriber: measures the disk.</summary>
internal sealed class SingleCommits(RawOrders orders) : IBus
{
    public const string Name = "raw single commit";

    public bool Delivers => false;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate)
    {
        files.Create(RawOrders.Tables, Purchases.Table);
        return Task.FromResult<IBus>(new SingleCommits(new RawOrders(files.Orders)));
    }

    /// <summary>By one publisher only.</summary>
    public Task Place(Basket basket)
    {
        orders.Begin();
        orders.Insert(basket);
        orders.Commit();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        orders.Dispose();
        return ValueTask.CompletedTask;
    }
}
