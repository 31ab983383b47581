using System.Diagnostics.CodeAnalysis;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// An entity that <see cref="DirectWrites.Insert{T}"/> can write. The module does not start when its model maps it in a way that
/// cannot be written in this way.
/// </summary>
[SuppressMessage("Design", "CA1040:Avoid empty interfaces", Justification = "It makes an undeclared use a compile error.")]
public interface IInsertable;

/// <summary>
/// A row of running totals that <see cref="DirectWrites.AddUp{T}"/> can write: each column that is not part of the key is a sum,
/// unless it has <see cref="KeepsAttribute"/>. The module does not start when its model maps it in a way that cannot be written like this.
/// </summary>
[SuppressMessage("Design", "CA1040:Avoid empty interfaces", Justification = "It makes an undeclared use a compile error.")]
public interface ITotals;

/// <summary>What a column of <see cref="ITotals"/> keeps of the stored value and the value that is added.</summary>
public enum Keep
{
    /// <summary>The stored value; the added one where it is null.</summary>
    First,

    /// <summary>The greater of the two; null counts as no value.</summary>
    Greatest,

    /// <summary>The lesser of the two; null counts as no value.</summary>
    Least,
}

/// <summary>States that a column of <see cref="ITotals"/> is no sum.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeepsAttribute(Keep keep) : Attribute
{
    public Keep Keep { get; } = keep;
}
