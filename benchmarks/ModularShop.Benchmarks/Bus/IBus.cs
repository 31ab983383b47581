using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus;

/// <summary>Takes orders and delivers their events to a subscriber, with two files. Reports its commits to a <see cref="Watch"/>.</summary>
internal interface IBus : IAsyncDisposable
{
    /// <summary>Whether there is a subscriber that stores the orders.</summary>
    bool Delivers { get; }

    /// <summary>Returns when the order is accepted. Called concurrently.</summary>
    Task Place(Basket basket);
}
