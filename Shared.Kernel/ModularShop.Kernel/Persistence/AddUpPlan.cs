using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>How a row of totals is added to the stored one: one statement.</summary>
internal sealed class AddUpPlan
{
    private readonly string sql;
    private readonly string name;
    private readonly PlainColumn[] columns;
    private readonly string[] sums;
    private readonly Precondition[] preconditions;

    private AddUpPlan(IEntityType type)
    {
        name = type.DisplayName();
        columns = [.. PlainTable.ColumnsOf(type)];
        preconditions = [.. Precondition.Of(type)];
        var others = columns.Where(column => !column.Property.IsPrimaryKey()).ToList();
        sums = [.. others.Where(IsSum).Select(column => $"{type.GetTableName()}.{column.Property.GetColumnName()}'")];
        var key = columns.Where(column => column.Property.IsPrimaryKey()).Select(column => column.Name);
        var changing = others.Where(column => KeepOf(column) is not Keep.First || column.Property.IsNullable);
        var sets = string.Join(", ", changing.Select(column => $"{column.Name} = {Kept(column)}"));
        sql =
            $"{InsertPlan.Sql(type, columns)} ON CONFLICT ({string.Join(", ", key)}) DO "
            + (sets.Length == 0 ? "NOTHING" : $"UPDATE SET {sets}");
    }

    /// <exception cref="InvalidOperationException">The type cannot be added up; the message says why.</exception>
    public static AddUpPlan Of(IEntityType type)
    {
        if (type.GetNavigations().Any())
        {
            throw PlainTable.Refusal(type, "a row of totals has no navigations");
        }
        if (type.FindPrimaryKey()?.Properties.FirstOrDefault(Precondition.IsNumberOfTheRow) is { } number)
        {
            throw PlainTable.Refusal(type, $"the database generates its key {number.Name}, and a row of totals is found by its key");
        }
        return new AddUpPlan(type);
    }

    public void Run(PreparedConnection writer, object row)
    {
        foreach (var precondition in preconditions)
        {
            precondition.Check(row);
        }
        try
        {
            writer.Statement(sql).Run(Array.ConvertAll(columns, column => column.Read!(row)));
        }
        catch (DbException e) when (SqliteErrors.IsNullRefused(e) && Array.Exists(sums, e.Message.Contains))
        {
            throw new OverflowException($"{name} adds up to more than can be counted.", e);
        }
    }

    private static bool IsSum(PlainColumn column) => KeepOf(column) is null;

    private static Keep? KeepOf(PlainColumn column) => column.Property.PropertyInfo?.GetCustomAttribute<KeepsAttribute>()?.Keep;

    private static string Kept(PlainColumn column)
    {
        var keep = KeepOf(column);
        RefuseUnlessFit(column.Property, keep);
        var (stored, added) = (column.Name, $"excluded.{column.Name}");
        return keep switch
        {
            Keep.First => $"coalesce({stored}, {added})",
            Keep.Greatest => $"max(coalesce({stored}, {added}), coalesce({added}, {stored}))",
            Keep.Least => $"min(coalesce({stored}, {added}), coalesce({added}, {stored}))",
            // Beyond 2^63 SQLite would store an inexact floating-point number. NULL violates NOT NULL, so the statement fails instead.
            _ => $"iif(typeof({stored} + {added}) = 'integer', {stored} + {added}, NULL)",
        };
    }

    private static void RefuseUnlessFit(IProperty property, Keep? keep)
    {
        var converter = property.GetRelationalTypeMapping().Converter;
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var stored = converter?.ProviderClrType ?? type;
        var cause = keep switch
        {
            null when property.IsNullable => "is a sum and can be null",
            null when !(type == typeof(long) && converter is null) && converter is not ExactDecimalConverter =>
                "is neither a long nor a decimal and cannot be summed; state with [Keeps] what is kept",
            Keep.Greatest or Keep.Least when stored != typeof(long) && stored != typeof(int) =>
                "is not stored as an integer, so that there is no greatest or least",
            _ => null,
        };
        if (cause is not null)
        {
            throw PlainTable.Refusal(property.DeclaringType, $"{property.Name} {cause}");
        }
    }
}
