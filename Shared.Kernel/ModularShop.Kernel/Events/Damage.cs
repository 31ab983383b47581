namespace ModularShop.Kernel.Events;

/// <summary>What is wrong with the row of an event, after damage to a page or a change by another program.</summary>
/// <param name="Text">A description for people.</param>
/// <param name="Stored">The unexpected value that is stored, by column.</param>
internal sealed record Damage(string Text, IReadOnlyDictionary<string, object?> Stored)
{
    /// <summary>Whether this column holds an unexpected value.</summary>
    public bool IsOf(string column) => Stored.ContainsKey(column);

    public override string ToString() => Text;
}
