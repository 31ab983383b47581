namespace ModularShop.Kernel;

/// <summary>Marks a field of an event that contains personal data. Design events so that few fields do.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PersonalDataAttribute : Attribute;
