namespace ModularShop.Kernel.Requests;

/// <summary>
/// Marks a property of a command, or of an object in it, that must not be stored, such as a password. Requests under the same
/// Idempotency-Key are compared by it too, but only a keyed hash is stored. The hash is useless without its key, which is in a separate
/// file of the data directory.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SecretAttribute : Attribute;
