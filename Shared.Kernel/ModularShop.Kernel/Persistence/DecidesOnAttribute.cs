namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Names the read copies that a command decides on. While one of them is being filled, or has fallen behind its source by more
/// than <c>Kernel:Delivery:MaxStaleness</c>, the command waits a moment, and is then answered with 503 and <c>Retry-After</c>.
/// While the source does not run, the command decides on the copy as it is.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DecidesOnAttribute(params string[] readCopies) : Attribute
{
    /// <summary>Names of read copies that the module declares; the module does not start if one is unknown.</summary>
    public IReadOnlyList<string> ReadCopies => readCopies;
}
