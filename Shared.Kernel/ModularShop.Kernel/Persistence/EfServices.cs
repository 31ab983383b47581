using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// EF Core's internal services for one type of context, with its model and its compiled queries. By default EF Core keeps
/// them until the process ends. Here they are in a static field of a generic type, so they live as long as the assembly of the context.
/// A restart of the module finds its model built, and compiled queries in static fields stay valid. Another build of the module has
/// another type of context, and so its own services.
/// </summary>
internal static class EfServices<TDb>
    where TDb : DbContext
{
    public static IServiceProvider Provider { get; } = new ServiceCollection().AddEntityFrameworkSqlite().BuildServiceProvider();
}
