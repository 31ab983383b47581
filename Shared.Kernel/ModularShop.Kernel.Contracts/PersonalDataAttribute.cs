namespace ModularShop.Kernel;

/// <summary>Marks a field of an event that says something about a person. Design events so that as few as possible do.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PersonalDataAttribute : Attribute;
