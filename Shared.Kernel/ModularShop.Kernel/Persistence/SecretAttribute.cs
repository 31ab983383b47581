namespace ModularShop.Kernel.Persistence;

/// <summary>Marks a property of a command that must leave no trace: it is left out of the fingerprint kept for an Idempotency-Key, so a repeated key with another secret is given the first answer.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SecretAttribute : Attribute;
