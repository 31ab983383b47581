using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Metadata;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>How an entity type is inserted: one statement for its row and one for each row of the parts that it owns.</summary>
internal sealed class InsertPlan
{
    private readonly string sql;
    private readonly PlainColumn[] columns;
    private readonly int[] key;
    private readonly KeyMadeBySqlite? made;
    private readonly Precondition[] preconditions;
    private readonly Part[] parts;

    private InsertPlan(IEntityType type)
    {
        columns = [.. PlainTable.ColumnsOf(type)];
        sql = Sql(type, columns);
        key = [.. type.FindPrimaryKey()!.Properties.Select(property => Array.FindIndex(columns, column => column.Property == property))];
        made = KeyMadeBySqlite.Of(type, columns);
        preconditions = [.. Precondition.Of(type)];
        parts =
        [
            .. PlainTable
                .PartsOf(type)
                .Select(part => new Part(PlainTable.Reader(part), part.IsCollection, new InsertPlan(part.TargetEntityType))),
        ];
    }

    /// <exception cref="InvalidOperationException">The type cannot be inserted in this way; the message says why.</exception>
    public static InsertPlan Of(IEntityType type) =>
        type.IsOwned() ? throw PlainTable.Refusal(type, "it is owned; insert its owner") : new InsertPlan(type);

    public void Run(PreparedConnection writer, object entity)
    {
        Check(entity);
        Write(writer, entity, []);
    }

    internal static string Sql(IEntityType type, IReadOnlyCollection<PlainColumn> columns) =>
        $"INSERT INTO {PlainTable.NameOf(type)} ({string.Join(", ", columns.Select(column => column.Name))}) "
        + $"VALUES ({string.Join(", ", columns.Select((_, index) => $"?{index + 1}"))})";

    // Everything is checked before anything is written, so that a caller that catches the exception does not keep half of the entity.
    private void Check(object row)
    {
        foreach (var precondition in preconditions)
        {
            precondition.Check(row);
        }
        foreach (var part in parts)
        {
            foreach (var child in part.Of(row))
            {
                part.Plan.Check(child);
            }
        }
    }

    private void Write(PreparedConnection writer, object row, object?[] ownerKey)
    {
        var values = new object?[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            values[i] = columns[i].Read is { } read ? read(row) : ownerKey[columns[i].OwnerKey];
        }
        var makesKey = made?.IsDue(values) == true;
        var number = writer.Statement(sql).Run(values);
        if (makesKey)
        {
            made!.Set(row, number);
            values[made.Column] = number;
        }
        if (parts.Length > 0)
        {
            WriteParts(writer, row, Array.ConvertAll(key, index => values[index]));
        }
    }

    private void WriteParts(PreparedConnection writer, object row, object?[] rowKey)
    {
        foreach (var part in parts)
        {
            foreach (var child in part.Of(row))
            {
                part.Plan.Write(writer, child, rowKey);
            }
        }
    }

    /// <summary>Parts that an entity owns and that have a table of their own.</summary>
    private sealed record Part(Func<object, object?> Read, bool IsCollection, InsertPlan Plan)
    {
        public IEnumerable Of(object row) =>
            Read(row) is not { } value ? Array.Empty<object>()
            : IsCollection ? (IEnumerable)value
            : new[] { value };
    }

    /// <summary>A key of one integer that SQLite generates when it is not set.</summary>
    private sealed record KeyMadeBySqlite(int Column, Action<object, long> Set)
    {
        public static KeyMadeBySqlite? Of(IEntityType type, PlainColumn[] columns)
        {
            var property = type.FindPrimaryKey()!.Properties[0];
            if (!Precondition.IsNumberOfTheRow(property))
            {
                return null;
            }
            var (row, number) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(long)));
            // The property is set if it has an accessor, because the field behind an init property is read-only.
            MemberInfo member =
                property.PropertyInfo is { SetMethod: not null } writable ? writable
                : property.FieldInfo is { IsInitOnly: false } field ? field
                : throw PlainTable.Refusal(type, $"{property.Name}, which the database generates, has no set or init accessor");
            var set = Expression.Assign(
                Expression.MakeMemberAccess(Expression.Convert(row, member.DeclaringType!), member),
                Expression.ConvertChecked(number, property.ClrType)
            );
            return new KeyMadeBySqlite(
                Array.FindIndex(columns, column => column.Property == property),
                Expression.Lambda<Action<object, long>>(set, row, number).Compile()
            );
        }

        // SQLite generates the key when it is given NULL.
        public bool IsDue(object?[] values)
        {
            if (values[Column] is not (0L or 0))
            {
                return false;
            }
            values[Column] = null;
            return true;
        }
    }
}
