using FluentValidation;
using ModularShop.Kernel.Storage;

namespace ModularShop.Catalog.Features;

/// <summary>The rules for the fields of a product, for all requests.</summary>
internal static class ProductRules
{
    public static void Sku<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(50);

    public static void ProductName<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(200);

    public static void Description<T>(this IRuleBuilder<T, string?> rule) => rule.MaximumLength(4000);

    public static IRuleBuilderOptions<T, decimal> Price<T>(this IRuleBuilder<T, decimal> rule) =>
        rule.InclusiveBetween(0, 1_000_000_000).Must(ExactDecimal.Fits).WithMessage("A price has at most four decimals.");

    public static IRuleBuilderOptions<T, string> Currency<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().Matches(@"^[A-Z]{3}\z").WithMessage("A currency is its three-letter code, like EUR.");

    /// <summary>The time of a sale. Times before 1970 are spreadsheet errors, such as the year 0001.</summary>
    public static void PastTime<T>(this IRuleBuilder<T, DateTimeOffset> rule) =>
        rule.GreaterThanOrEqualTo(DateTimeOffset.UnixEpoch).WithMessage("A time is from 1970 on.");
}
