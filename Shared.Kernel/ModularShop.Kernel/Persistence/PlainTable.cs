using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>Where the value of a column comes from: the object that is stored or, for a part, the key of its owner.</summary>
/// <param name="Read">Reads the value to bind from the object; null for a column of the owner's key.</param>
/// <param name="OwnerKey">Which part of the owner's key it is; -1 when it is read from the object.</param>
internal sealed record PlainColumn(string Name, IProperty Property, Func<object, object?>? Read, int OwnerKey);

/// <summary>What the model says of an entity type that has one table of its own: its columns and how their values are read.</summary>
internal static class PlainTable
{
    private static readonly ParameterExpression Row = Expression.Parameter(typeof(object), "row");
    private static readonly Expression Nothing = Expression.Constant(null, typeof(object));

    /// <summary>The columns of an entity type, those of its owned parts in the same table included.</summary>
    /// <exception cref="InvalidOperationException">It cannot be written by one plain INSERT; the message says why.</exception>
    public static IReadOnlyList<PlainColumn> ColumnsOf(IEntityType type)
    {
        RefuseUnlessPlain(type);
        RefuseSharedTable(type);
        return [.. ColumnsOf(type, Expression.Convert(Row, type.ClrType))];
    }

    /// <summary>The parts that an entity type owns and that have tables of their own.</summary>
    public static IEnumerable<INavigation> PartsOf(IEntityType type) => Owned(type).Where(owned => !SharesTable(type, owned));

    /// <summary>The name of its table, quoted.</summary>
    public static string NameOf(IEntityType type) => Quoted(type.GetTableName()!);

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Reads a property or navigation as EF Core does: the field behind it where there is one.</summary>
    public static Func<object, object?> Reader(IPropertyBase property) =>
        Expression
            .Lambda<Func<object, object?>>(
                Expression.Convert(Member(Expression.Convert(Row, property.DeclaringType.ClrType), property), typeof(object)),
                Row
            )
            .Compile();

    public static InvalidOperationException Refusal(IReadOnlyTypeBase type, string cause) =>
        new($"{type.DisplayName()} cannot be written directly: {cause}.");

    private static void RefuseUnlessPlain(IEntityType type)
    {
        var cause =
            type.BaseType is not null || type.GetDirectlyDerivedTypes().Any() || type.FindDiscriminatorProperty() is not null
                ? "it is part of an inheritance hierarchy"
            : type.FindPrimaryKey() is null ? "it has no key"
            : type.IsMappedToJson() ? "it is stored as JSON"
            : type.GetComplexProperties().Any() ? "it has complex properties"
            : type.GetTableName() is null || type.GetTableMappings().Count() != 1 ? "it is not stored in exactly one table"
            : type.GetSkipNavigations().Any() ? "it has a many-to-many relationship"
            : null;
        if (cause is not null)
        {
            throw Refusal(type, cause);
        }
    }

    private static void RefuseSharedTable(IEntityType type)
    {
        var table = type.GetTableMappings().Single().Table;
        if (table.EntityTypeMappings.FirstOrDefault(other => !IsPartOf(type, (IEntityType)other.TypeBase)) is { } stranger)
        {
            throw Refusal(type, $"its table also holds {stranger.TypeBase.DisplayName()}");
        }
    }

    private static IEnumerable<PlainColumn> ColumnsOf(IEntityType type, Expression instance)
    {
        var ownership = type.FindOwnership();
        foreach (var property in type.GetProperties())
        {
            var ofOwner = ownership is null ? -1 : ownership.Properties.ToList().IndexOf(property);
            if (ofOwner >= 0 && SharesTable(ownership!.PrincipalEntityType, ownership.PrincipalToDependent!))
            {
                continue; // The owner's own column.
            }
            RefuseUnlessPlain(property, isOfOwner: ofOwner >= 0);
            yield return new PlainColumn(
                Quoted(property.GetColumnName()),
                property,
                ofOwner >= 0 ? null : Expression.Lambda<Func<object, object?>>(Stored(property, instance), Row).Compile(),
                ofOwner
            );
        }
        foreach (var part in Owned(type).Where(part => SharesTable(type, part)))
        {
            RefuseUnlessPlain(part.TargetEntityType);
            if (part.TargetEntityType.GetNavigations().FirstOrDefault(inner => !IsInSameTable(inner)) is { } elsewhere)
            {
                throw Refusal(type, $"its part {part.Name} refers to another table by {elsewhere.Name}");
            }
            foreach (var column in ColumnsOf(part.TargetEntityType, Member(instance, part)))
            {
                yield return column;
            }
        }
    }

    private static void RefuseUnlessPlain(IProperty property, bool isOfOwner)
    {
        var isGeneratedKey = property.IsPrimaryKey() && property.ValueGenerated == ValueGenerated.OnAdd;
        var provider = ProviderType(property);
        var cause =
            !isOfOwner && (property.IsShadowProperty() || property.IsIndexerProperty()) ? "has no property in the class"
            : property.ValueGenerated != ValueGenerated.Never && !isGeneratedKey ? "is generated by the database or by EF Core"
            : property.GetBeforeSaveBehavior() != PropertySaveBehavior.Save ? "is not saved by EF Core"
            : !StoredValue.IsKnown(provider) ? $"is stored as {provider.Name}, which is not supported; give it a value converter"
            : null;
        if (cause is not null)
        {
            throw Refusal(property.DeclaringType, $"{property.Name} {cause}");
        }
    }

    private static Type ProviderType(IProperty property)
    {
        var type = property.GetRelationalTypeMapping().Converter?.ProviderClrType ?? property.ClrType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? Enum.GetUnderlyingType(type) : type;
    }

    // The value as it is bound; null where the instance, a part of the row, is null.
    private static Expression Stored(IProperty property, Expression instance)
    {
        var value = Converted(Member(instance, property), property.GetRelationalTypeMapping());
        if (!StoredValue.IsPlain(ProviderType(property)))
        {
            value = Expression.Call(typeof(StoredValue), nameof(StoredValue.Of), null, value);
        }
        return IsMissing(instance) is { } isMissing ? Expression.Condition(isMissing, Nothing, value) : value;
    }

    // An expression that is true when the part, or a part around it, is null. It is null itself when the instance is the row.
    private static Expression? IsMissing(Expression instance)
    {
        while (instance is UnaryExpression { NodeType: ExpressionType.Convert } converted)
        {
            instance = converted.Operand;
        }
        if (instance is not MemberExpression { Expression: { } owner })
        {
            return null;
        }
        Expression isNull = Expression.Equal(instance, Expression.Constant(null, instance.Type));
        return IsMissing(owner) is { } isOwnerMissing ? Expression.OrElse(isOwnerMissing, isNull) : isNull;
    }

    private static Expression Converted(Expression value, RelationalTypeMapping mapping)
    {
        if (mapping.Converter is not { } converter)
        {
            return Expression.Convert(value, typeof(object));
        }
        var inner = value.Type != converter.ModelClrType ? Expression.Convert(value, converter.ModelClrType) : value;
        var converted = Expression.Convert(Expression.Invoke(converter.ConvertToProviderExpression, inner), typeof(object));
        return value.Type.IsValueType && Nullable.GetUnderlyingType(value.Type) is null
            ? converted
            : Expression.Condition(
                Expression.Equal(value, Expression.Constant(null, value.Type)),
                Expression.Constant(converter.ConvertToProvider(null), typeof(object)),
                converted
            );
    }

    private static MemberExpression Member(Expression instance, IPropertyBase property)
    {
        var member = property.GetMemberInfo(forMaterialization: false, forSet: false);
        return Expression.MakeMemberAccess(
            member.DeclaringType!.IsAssignableFrom(instance.Type) ? instance : Expression.Convert(instance, member.DeclaringType),
            member
        );
    }

    private static IEnumerable<INavigation> Owned(IEntityType type) =>
        type.GetNavigations().Where(navigation => navigation is { IsOnDependent: false, ForeignKey.IsOwnership: true });

    private static bool SharesTable(IEntityType owner, INavigation part) =>
        !part.IsCollection && part.TargetEntityType.GetTableName() == owner.GetTableName();

    // Whether the navigation leads to the owner, or to a nested part in the same table.
    private static bool IsInSameTable(INavigation navigation) =>
        navigation.ForeignKey.IsOwnership && (navigation.IsOnDependent || SharesTable(navigation.DeclaringEntityType, navigation));

    private static bool IsPartOf(IEntityType type, IEntityType other) =>
        other == type || (other.FindOwnership() is { } ownership && IsPartOf(type, ownership.PrincipalEntityType));
}
