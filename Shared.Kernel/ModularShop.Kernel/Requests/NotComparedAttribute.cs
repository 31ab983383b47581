namespace ModularShop.Kernel.Requests;

/// <summary>
/// Marks a property of a command that the module computes from the others and that is another one each time, such as a salted
/// hash. It takes no part in the comparison of requests under one Idempotency-Key: what it was computed from does.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotComparedAttribute : Attribute;
