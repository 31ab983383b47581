using Microsoft.EntityFrameworkCore;

namespace ModularShop.Kernel.Persistence;

/// <summary>An entity that other modules and callers address by its id.</summary>
public interface IIdentified
{
    Guid Id { get; }
}

/// <summary>Reads single entities.</summary>
public static class Queries
{
    /// <summary>The entity with this id.</summary>
    /// <exception cref="NotFoundException">There is no entity with this id.</exception>
    public static async Task<T> Get<T>(this IQueryable<T> entities, Guid id, CancellationToken ct)
        where T : class, IIdentified =>
        await entities.SingleOrDefaultAsync(entity => entity.Id == id, ct)
        ?? throw new NotFoundException(typeof(T).Name.ToLowerInvariant(), id);
}
