using FluentValidation;

namespace ModularShop.Customers.Features;

/// <summary>What a field of a customer may hold, wherever it comes in.</summary>
internal static class CustomerRules
{
    private const int MaxPassword = 200;

    // Whether an address receives mail, only mail can tell; this keeps out what is none.
    public static void Email<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().MaximumLength(254).Matches(@"^[^\s@]+@[^\s@]+\z").WithMessage("An e-mail address is like name@example.com.");

    public static void NewPassword<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MinimumLength(8).MaximumLength(MaxPassword);

    /// <summary>One that is compared with what is known, whatever was asked of passwords when it was new.</summary>
    public static void KnownPassword<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(MaxPassword);

    public static void CustomerName<T>(this IRuleBuilder<T, string?> rule) => rule.MinimumLength(1).MaximumLength(200);

    public static void Country<T>(this IRuleBuilder<T, string?> rule) => rule.MinimumLength(1).MaximumLength(60);

    public static void Number<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(50);
}
