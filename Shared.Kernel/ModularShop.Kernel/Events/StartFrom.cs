namespace ModularShop.Kernel.Events;

/// <summary>Where a subscriber begins that has never read a log before.</summary>
public enum StartFrom
{
    /// <summary>At position 1: it catches up on all history first.</summary>
    Beginning,

    /// <summary>At the next event: what happened before is not its concern.</summary>
    Now,
}
