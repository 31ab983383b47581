namespace ModularShop.Kernel;

/// <summary>A setting is not greater than another one of its group.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtMostAttribute(string other) : Attribute
{
    /// <summary>The name of the other setting.</summary>
    public string Other { get; } = other;
}
