namespace ModularShop.Kernel.Events;

/// <summary>Where a new subscriber begins to read a log.</summary>
public enum StartFrom
{
    /// <summary>At position 1: the subscriber first catches up on all history.</summary>
    Beginning,

    /// <summary>At the next event: the subscriber skips history.</summary>
    Now,
}
