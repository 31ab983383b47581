using FluentValidation;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>A line with its price, as a client sends it in an import and sees it in the answer to a return.</summary>
/// <param name="BoughtAt">The line's own time, which only an imported line may have; null means that the invoice's time applies.</param>
internal sealed record PricedLine(Guid ProductId, int Quantity, decimal UnitPrice, DateTimeOffset? BoughtAt = null);

internal sealed class PricedLineValidator : AbstractValidator<PricedLine>
{
    public PricedLineValidator()
    {
        RuleFor(line => line.ProductId).NotEmpty();
        RuleFor(line => line.Quantity).Quantity();
        RuleFor(line => line.BoughtAt!.Value)
            .PastTime()
            .OverridePropertyName(nameof(PricedLine.BoughtAt))
            .When(line => line.BoughtAt is not null);
        RuleFor(line => line.UnitPrice)
            .InclusiveBetween(0, Order.MaxTotal)
            .Must(ExactDecimal.Fits)
            .WithMessage("A price is from 0 to 1,000,000,000, with at most four decimals.");
    }
}
