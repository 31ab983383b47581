namespace ModularShop.Kernel.Requests;

/// <summary>
/// Marks a property of a command, or of what it contains, that must leave no trace, such as a password. Requests under one
/// Idempotency-Key are compared by it as by all others, but what is kept of it is a hash that is worth nothing without the
/// key that the data directory keeps in a file of its own.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SecretAttribute : Attribute;
