namespace ModularShop.Kernel.Events;

/// <summary>Why an event is delivered. The numbers are stored with dead letters.</summary>
internal enum Occasion
{
    /// <summary>The event was published while the subscriber followed its source.</summary>
    Live = 0,

    /// <summary>The event was published before the subscriber began to read the source.</summary>
    History = 1,

    /// <summary>The event was applied before. Only the reactions that fill read copies are called.</summary>
    Rebuild = 2,
}
