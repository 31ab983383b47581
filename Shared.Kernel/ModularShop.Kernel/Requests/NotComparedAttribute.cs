namespace ModularShop.Kernel.Requests;

/// <summary>
/// Marks a property of a command that the module computes from other properties and that differs each time, such as a salted hash.
/// Requests under the same Idempotency-Key are compared without it; the properties that it was computed from are compared.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotComparedAttribute : Attribute;
