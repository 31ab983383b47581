using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// EF Core's internal services for one type of context, with its model and its compiled queries. EF Core would share them among all
/// contexts of the process and keep them until its end, with every module's assembly. A static field of a generic type belongs to its
/// type argument instead: the services live as long as the assembly of the context, so that a restart of the module finds the model
/// built, and queries that module code compiles into static fields fit it. Another build of the module has another type of context.
/// </summary>
internal static class EfServices<TDb>
    where TDb : DbContext
{
    public static IServiceProvider Provider { get; } = new ServiceCollection().AddEntityFrameworkSqlite().BuildServiceProvider();
}
