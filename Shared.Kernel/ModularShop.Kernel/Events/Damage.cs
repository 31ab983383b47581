namespace ModularShop.Kernel.Events;

/// <summary>What is wrong with an event's row, as a damaged page or another program can leave it.</summary>
/// <param name="Text">In words for people.</param>
/// <param name="Stored">By column, what is there instead of what is due.</param>
internal sealed record Damage(string Text, IReadOnlyDictionary<string, object?> Stored)
{
    /// <summary>Whether the column has something else than is due.</summary>
    public bool IsOf(string column) => Stored.ContainsKey(column);

    public override string ToString() => Text;
}
