using Microsoft.EntityFrameworkCore;

namespace ModularShop.Kernel.Persistence;

/// <summary>An entity that is addressed from outside by its id.</summary>
public interface IIdentified
{
    Guid Id { get; }
}

/// <summary>Reading one entity.</summary>
public static class Queries
{
    /// <summary>The entity of that id.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<T> Get<T>(this IQueryable<T> entities, Guid id, CancellationToken ct)
        where T : class, IIdentified =>
        await entities.SingleOrDefaultAsync(entity => entity.Id == id, ct)
        ?? throw new NotFoundException(typeof(T).Name.ToLowerInvariant(), id);
}
