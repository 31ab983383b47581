using System.Reflection;
using System.Text.Json;

namespace ModularShop.Kernel.Events;

/// <summary>The fields of an event type that contain personal data.</summary>
internal sealed class PersonalFields
{
    private readonly PropertyInfo[] persons;

    private PersonalFields(IReadOnlyList<string> names, PropertyInfo[] persons)
    {
        Names = names;
        this.persons = persons;
    }

    /// <summary>Their names in the payload.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Null when the type has none.</summary>
    /// <exception cref="InvalidOperationException">A field does not name the person as it must.</exception>
    public static PersonalFields? Of(Type type)
    {
        var marked = type.GetProperties()
            .Select(property => (Property: property, Mark: MarkOf(property)))
            .Where(each => each.Mark is not null)
            .ToList();
        return marked.Count == 0
            ? null
            : new PersonalFields(
                [.. marked.Select(each => JsonNamingPolicy.CamelCase.ConvertName(each.Property.Name))],
                [.. marked.Select(each => PersonOf(type, each.Property, each.Mark!))]
            );
    }

    /// <summary>The id of the person whose data the field contains.</summary>
    /// <param name="index">The index of the field's name.</param>
    public Guid PersonIn(IntegrationEvent integrationEvent, int index) => (Guid)persons[index].GetValue(integrationEvent)!;

    private static PersonalDataAttribute? MarkOf(PropertyInfo property) => property.GetCustomAttribute<PersonalDataAttribute>();

    private static PropertyInfo PersonOf(Type type, PropertyInfo marked, PersonalDataAttribute mark)
    {
        if (type.GetProperty(mark.Of) is not { } person || person.PropertyType != typeof(Guid))
        {
            throw new InvalidOperationException(
                $"{type.Name}.{marked.Name} contains personal data of '{mark.Of}', which is no property of type Guid."
            );
        }
        if (!IsNullable(marked))
        {
            throw new InvalidOperationException(
                $"{type.Name}.{marked.Name} contains personal data and must be nullable: it is null when the person was erased."
            );
        }
        return person;
    }

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || !property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}
