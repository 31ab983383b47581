using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Writes rows of EF Core's model at once, by prepared statements that are made from the model, past the change tracker. The
/// statements see what was saved before in the unit of work, and are rolled back with it. Entities that were added to the context are
/// saved only at the end of the unit: if a row refers to one of them, call <c>SaveChangesAsync</c> first.
/// </summary>
public static class DirectWrites
{
    private const string InsertPlanName = "ModularShop:InsertPlan";
    private const string AddUpPlanName = "ModularShop:AddUpPlan";

    /// <summary>
    /// Inserts an entity with the parts that it owns. It is not tracked; a key that the database generates is set on it. Do not add
    /// the same object to the context too: it would be inserted again.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// This is no unit of work, its key is not set, it has another entity in a navigation, or it refers to a row that is not there.
    /// </exception>
    public static void Insert<T>(this ModuleDbContext db, T entity)
        where T : class, IInsertable
    {
        ArgumentNullException.ThrowIfNull(entity);
        var plan = InsertPlanOf(TypeOf(db, typeof(T)));
        try
        {
            plan.Run(Sql.WriterOf(db), entity);
        }
        catch (DbException e) when (SqliteErrors.IsReferenceRefused(e))
        {
            throw new InvalidOperationException(
                $"{typeof(T).Name} refers to a row that is not there. If that row is added to the context in this unit of work, call "
                    + "SaveChangesAsync before Insert.",
                e
            );
        }
    }

    /// <summary>
    /// Adds a row's values to the stored row of the same key: sums are added up, other columns keep what
    /// <see cref="KeepsAttribute"/> states. Where there is no such row yet, it is inserted.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is no unit of work, or a part of the key is not set.</exception>
    /// <exception cref="OverflowException">A sum is more than a column can hold. The stored row is left as it is.</exception>
    public static void AddUp<T>(this ModuleDbContext db, T row)
        where T : class, ITotals
    {
        ArgumentNullException.ThrowIfNull(row);
        AddUpPlanOf(TypeOf(db, typeof(T))).Run(Sql.WriterOf(db), row);
    }

    /// <summary>Checks all types of a module that are declared as <see cref="IInsertable"/> or <see cref="ITotals"/>.</summary>
    /// <param name="types">The types of the module's assembly.</param>
    /// <exception cref="InvalidOperationException">One cannot be written directly; the message says why.</exception>
    internal static void Check(DbContext db, IReadOnlyCollection<Type> types)
    {
        var declared = types.Where(type => type is { IsClass: true, IsAbstract: false } && (IsInsertable(type) || IsTotals(type))).ToList();
        // An assembly of tests may contain several modules: skip the entities of the others.
        var isShared = types.Count(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(ModuleDbContext))) > 1;
        foreach (var type in declared.Where(type => !isShared || db.Model.FindEntityType(type) is not null))
        {
            if (IsInsertable(type))
            {
                InsertPlanOf(TypeOf(db, type));
            }
            if (IsTotals(type))
            {
                AddUpPlanOf(TypeOf(db, type));
            }
        }
    }

    private static bool IsInsertable(Type type) => type.IsAssignableTo(typeof(IInsertable));

    private static bool IsTotals(Type type) => type.IsAssignableTo(typeof(ITotals));

    // EF Core's model owns the plans: they are released with it.
    private static InsertPlan InsertPlanOf(IEntityType type) =>
        type.GetOrAddRuntimeAnnotationValue(InsertPlanName, static type => InsertPlan.Of(type!), type);

    private static AddUpPlan AddUpPlanOf(IEntityType type) =>
        type.GetOrAddRuntimeAnnotationValue(AddUpPlanName, static type => AddUpPlan.Of(type!), type);

    private static IEntityType TypeOf(DbContext db, Type type) =>
        db.Model.FindEntityType(type)
        ?? throw new InvalidOperationException(
            $"{type.Name} cannot be written directly: it is no entity of {db.GetType().Name}. Map it in OnModelCreating."
        );
}
