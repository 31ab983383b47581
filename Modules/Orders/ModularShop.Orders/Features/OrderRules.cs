using FluentValidation;
using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>What a field may hold, wherever it comes in.</summary>
internal static class OrderRules
{
    public const int MaxLines = 5000;

    private const int MaxQuantity = 1_000_000;

    public static void Quantity<T>(this IRuleBuilder<T, int> rule) => rule.InclusiveBetween(1, MaxQuantity);

    public static void Currency<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().Matches(@"^[A-Z]{3}\z").WithMessage("A currency is its three-letter code, like EUR.");

    public static void Lines<T, TLine>(this IRuleBuilder<T, IReadOnlyList<TLine>> rule) =>
        rule.NotEmpty().Must(lines => lines is null || lines.Count <= MaxLines).WithMessage($"At most {MaxLines} lines.");
}

/// <summary>A line of the past, with the price of then.</summary>
internal sealed class LineItemValidator : AbstractValidator<LineItem>
{
    public LineItemValidator()
    {
        RuleFor(line => line.ProductId).NotEmpty();
        RuleFor(line => line.Quantity).Quantity();
        RuleFor(line => line.UnitPrice)
            .InclusiveBetween(0, Order.MaxTotal)
            .Must(ExactDecimal.Fits)
            .WithMessage("A price is from 0 to 1,000,000,000, with at most four decimals.");
    }
}
