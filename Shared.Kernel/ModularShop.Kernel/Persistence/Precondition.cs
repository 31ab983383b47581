using System.Collections;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModularShop.Kernel.Persistence;

/// <summary>A check of an object before it is written directly, for what the model does not show.</summary>
internal sealed class Precondition(Func<object, bool> holds, string refusal)
{
    /// <exception cref="InvalidOperationException">The check fails.</exception>
    public void Check(object row)
    {
        if (!holds(row))
        {
            throw new InvalidOperationException(refusal);
        }
    }

    public static IEnumerable<Precondition> Of(IEntityType type) =>
        type.FindPrimaryKey()!
            .Properties.Where(property => property.ValueGenerated == ValueGenerated.OnAdd && !IsNumberOfTheRow(property))
            .Select(IsSet)
            .Concat(
                type.GetNavigations()
                    .Where(navigation => !navigation.ForeignKey.IsOwnership && !navigation.IsShadowProperty())
                    .Select(IsEmpty)
            );

    /// <summary>Whether the property is a key that SQLite generates.</summary>
    public static bool IsNumberOfTheRow(IProperty property) =>
        property.ValueGenerated == ValueGenerated.OnAdd
        && property.FindContainingPrimaryKey()?.Properties.Count == 1
        && property.GetRelationalTypeMapping().Converter is null
        && (property.ClrType == typeof(long) || property.ClrType == typeof(int));

    private static Precondition IsSet(IProperty property)
    {
        var row = Expression.Parameter(typeof(object));
        var member = property.GetMemberInfo(forMaterialization: false, forSet: false);
        var value = Expression.MakeMemberAccess(Expression.Convert(row, member.DeclaringType!), member);
        var isSet = Expression.Not(
            Expression.Call(
                Expression.Property(null, typeof(EqualityComparer<>).MakeGenericType(value.Type), nameof(EqualityComparer<>.Default)),
                nameof(EqualityComparer<>.Equals),
                null,
                value,
                Expression.Default(value.Type)
            )
        );
        return new Precondition(
            Expression.Lambda<Func<object, bool>>(isSet, row).Compile(),
            $"{property.DeclaringType.DisplayName()} cannot be written directly: {property.Name} is not set. Only SaveChanges generates keys."
        );
    }

    private static Precondition IsEmpty(INavigation navigation)
    {
        var read = PlainTable.Reader(navigation);
        return new Precondition(
            row => read(row) is var value && (value is null || (value is IEnumerable many && !Any(many))),
            $"{navigation.DeclaringEntityType.DisplayName()} cannot be written directly: {navigation.Name} is set, and only the parts that an "
                + "entity owns are written with it. Set the foreign key instead."
        );
    }

    private static bool Any(IEnumerable many) => many.GetEnumerator().MoveNext();
}
