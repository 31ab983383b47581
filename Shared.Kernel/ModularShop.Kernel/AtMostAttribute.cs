namespace ModularShop.Kernel;

/// <summary>The value of a setting must not be greater than that of another setting in its group.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtMostAttribute(string other) : Attribute
{
    /// <summary>The name of the other setting.</summary>
    public string Other { get; } = other;
}
