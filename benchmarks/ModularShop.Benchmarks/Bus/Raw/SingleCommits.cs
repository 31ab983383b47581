using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>An order and its event in a commit of their own, one after the other, and no subscriber: the measure of the disk.</summary>
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
