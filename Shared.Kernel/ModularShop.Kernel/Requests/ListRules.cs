using FluentValidation;

namespace ModularShop.Kernel.Requests;

/// <summary>A validation rule for lists in requests.</summary>
public static class ListRules
{
    /// <summary>Requires at least one and at most <paramref name="max"/> items. A list that is null is refused too.</summary>
    /// <param name="rule">The rule of the list.</param>
    /// <param name="max">The greatest allowed number of items.</param>
    /// <param name="things">What the items are, in the plural, for the message: "At most 200 orders at a time."</param>
    public static void OneTo<T, TItem>(this IRuleBuilder<T, IReadOnlyList<TItem>> rule, int max, string things) =>
        rule.NotEmpty().Must(items => items is null || items.Count <= max).WithMessage($"At most {max} {things}.");
}
