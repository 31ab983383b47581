using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModularShop.Kernel.Persistence;

/// <summary>An entity that other modules and callers address by its id.</summary>
public interface IIdentified
{
    Guid Id { get; }
}

/// <summary>Reads single entities.</summary>
public static class Queries
{
    // The first use of a compiled query decides whether it tracks entities. So there is one query for each case.
    private const string TrackedName = "ModularShop:GetTracked";
    private const string UntrackedName = "ModularShop:GetUntracked";

    /// <summary>
    /// The entity of that id with the parts that it owns, by a query that is compiled once for each model. It is tracked in a unit of
    /// work, so that its changes are saved.
    /// </summary>
    /// <exception cref="NotFoundException">No entity has this id.</exception>
    public static async Task<T> Get<T>(this DbSet<T> entities, Guid id, CancellationToken ct)
        where T : class, IIdentified
    {
        var db = entities.GetService<ICurrentDbContext>().Context;
        var tracks = db.ChangeTracker.QueryTrackingBehavior is QueryTrackingBehavior.TrackAll;
        var query = entities.EntityType.GetOrAddRuntimeAnnotationValue(
            tracks ? TrackedName : UntrackedName,
            static tracks => Compile<T>(tracks),
            tracks
        );
        return await query(db, id, ct) ?? throw new NotFoundException(typeof(T).Name.ToLowerInvariant(), id);
    }

    private static Func<DbContext, Guid, CancellationToken, Task<T?>> Compile<T>(bool tracks)
        where T : class, IIdentified
    {
        Expression<Func<DbContext, Guid, CancellationToken, T?>> query = tracks
            ? (db, id, ct) => db.Set<T>().AsTracking().SingleOrDefault(entity => entity.Id == id)
            : (db, id, ct) => db.Set<T>().AsNoTracking().SingleOrDefault(entity => entity.Id == id);
        return EF.CompileAsyncQuery(query);
    }
}
