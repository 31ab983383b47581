namespace ModularShop.Kernel;

/// <summary>
/// Marks a field of an event that contains personal data. The log holds it encrypted with a key of the person. When the person is
/// erased, the key is destroyed, and the field is read as null from then on, by every module and in every replay. Such a field is
/// nullable. Design events so that few fields are marked.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PersonalDataAttribute : Attribute
{
    /// <summary>The name of the event's property of type <see cref="Guid"/> that identifies the person.</summary>
    public required string Of { get; init; }
}
