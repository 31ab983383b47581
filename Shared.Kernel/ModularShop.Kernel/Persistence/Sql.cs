using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>Single statements, without EF Core around them. In a unit of work they stay prepared from one to the next.</summary>
public static class Sql
{
    /// <summary>
    /// Runs a statement in the unit of work at once, past EF Core's change tracker; for reactions with rows so many that EF
    /// Core's part of the time counts. Values are bound as EF Core binds them, but for those that it converts: a decimal is to
    /// be given by <see cref="ExactDecimal"/>, a time in milliseconds.
    /// </summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="InvalidOperationException">This is no unit of work.</exception>
    public static int Execute(this ModuleDbContext db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Statement(db, sql).Execute(parameters);

    /// <summary>The same for the insert of one row. <c>RETURNING</c> would have SQLite keep each page that it changes as it was.</summary>
    /// <returns>The number that SQLite gave the row.</returns>
    /// <exception cref="InvalidOperationException">This is no unit of work.</exception>
    public static long Insert(this ModuleDbContext db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Statement(db, sql).Insert(parameters);

    /// <summary>The first column of the first row of a query in the unit of work; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">This is no unit of work.</exception>
    public static object? Scalar(this ModuleDbContext db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Statement(db, sql).Scalar(parameters);

    private static PreparedStatement Statement(ModuleDbContext db, string sql) => WriterOf(db).Statement(sql);

    internal static PreparedConnection WriterOf(ModuleDbContext db) =>
        db.Database.GetDbConnection() is PreparedConnection { IsReadOnly: false } writer
            ? writer
            : throw new InvalidOperationException("Statements are run in units of work only; a query goes through EF Core.");
}
