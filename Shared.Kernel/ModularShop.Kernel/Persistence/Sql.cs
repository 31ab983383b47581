using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Runs a module's own statements in its units of work, without EF Core. They stay prepared between executions. Entities are written with
/// <see cref="DirectWrites"/>.
/// </summary>
public static class Sql
{
    /// <summary>
    /// Runs a statement in the unit of work at once, bypassing EF Core's change tracker. For reactions that write so many rows that EF
    /// Core's share of the time matters. Values are bound as EF Core binds them, except for those that it converts: pass a decimal
    /// through <see cref="ExactDecimal"/>, and a time in milliseconds.
    /// </summary>
    /// <returns>The number of changed rows.</returns>
    /// <exception cref="InvalidOperationException">The context does not belong to a unit of work.</exception>
    public static int Execute(this ModuleDbContext db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Statement(db, sql).Execute(parameters);

    /// <summary>Runs a query in the unit of work, and returns the first column of the first row; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The context does not belong to a unit of work.</exception>
    public static object? Scalar(this ModuleDbContext db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Statement(db, sql).Scalar(parameters);

    private static PreparedStatement Statement(ModuleDbContext db, string sql) => WriterOf(db).Statement(sql);

    internal static PreparedConnection WriterOf(ModuleDbContext db) =>
        db.Database.GetDbConnection() is PreparedConnection { IsReadOnly: false } writer
            ? writer
            : throw new InvalidOperationException("Statements are run in units of work only; a query goes through EF Core.");
}
