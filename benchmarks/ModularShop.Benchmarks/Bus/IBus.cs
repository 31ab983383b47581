using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus;

/// <summary>A way of taking orders and telling a subscriber, on two files in a directory. It tells a <see cref="Watch"/> of its commits.</summary>
internal interface IBus : IAsyncDisposable
{
    /// <summary>Whether a subscriber writes down what was placed.</summary>
    bool Delivers { get; }

    /// <summary>Returns once the order is accepted. Called by many at once.</summary>
    Task Place(Basket basket);
}
