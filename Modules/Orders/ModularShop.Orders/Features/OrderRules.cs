using FluentValidation;
using ModularShop.Kernel.Requests;

namespace ModularShop.Orders.Features;

/// <summary>The rules for the fields of orders and returns, for all requests.</summary>
internal static class OrderRules
{
    public const int MaxLines = 5000;

    private const int MaxQuantity = 1_000_000;

    public static void Quantity<T>(this IRuleBuilder<T, int> rule) => rule.InclusiveBetween(1, MaxQuantity);

    public static void Currency<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().Matches(@"^[A-Z]{3}\z").WithMessage("A currency is its three-letter code, like EUR.");

    /// <summary>The time of a purchase. Times before 1970 are spreadsheet errors, such as the year 0001.</summary>
    public static IRuleBuilderOptions<T, DateTimeOffset> PastTime<T>(this IRuleBuilder<T, DateTimeOffset> rule) =>
        rule.GreaterThanOrEqualTo(DateTimeOffset.UnixEpoch).WithMessage("A time is from 1970 on.");

    public static void Lines<T, TLine>(this IRuleBuilder<T, IReadOnlyList<TLine>> rule) => rule.OneTo(MaxLines, "lines");
}
