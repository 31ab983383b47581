using FluentValidation;

namespace ModularShop.Customers.Features;

/// <summary>The rules for the fields of a customer, for all requests.</summary>
internal static class CustomerRules
{
    private const int MaxPassword = 200;

    // Only a mail can show whether an address exists. This rule refuses what cannot be an address.
    public static void Email<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().MaximumLength(254).Matches(@"^[^\s@]+@[^\s@]+\z").WithMessage("An e-mail address is like name@example.com.");

    public static void NewPassword<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MinimumLength(8).MaximumLength(MaxPassword);

    /// <summary>An existing password. The rules for new passwords do not apply to it, as they may have changed.</summary>
    public static void KnownPassword<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(MaxPassword);

    public static void CustomerName<T>(this IRuleBuilder<T, string?> rule) => rule.MinimumLength(1).MaximumLength(200);

    public static void Country<T>(this IRuleBuilder<T, string?> rule) => rule.MinimumLength(1).MaximumLength(60);

    public static void Number<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(50);
}
