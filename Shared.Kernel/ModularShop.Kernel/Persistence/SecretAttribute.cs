namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Marks a property of a command, or of what it contains, that must leave no trace, such as a password. Requests under one
/// Idempotency-Key are compared by it as by all others, but what is kept of it is a hash that is worth nothing without the
/// key of <see cref="HashKey"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SecretAttribute : Attribute;
