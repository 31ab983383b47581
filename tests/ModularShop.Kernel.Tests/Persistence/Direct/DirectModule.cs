using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

internal sealed class DirectModule<TDb>(string name = "direct") : Module<TDb>
    where TDb : ModuleDbContext
{
    private IServiceProvider? services;

    public override string Name => name;

    public override string Description => "Writes directly.";

    /// <summary>Runs work in a unit of work.</summary>
    public Task InUnit(Func<TDb, Task> work) => Send(new Do.Command((services, _) => work(services.GetRequiredService<TDb>())));

    public Task InUnit(Action<TDb> work) =>
        InUnit(db =>
        {
            work(db);
            return Task.CompletedTask;
        });

    /// <summary>Runs work in a query.</summary>
    public Task InQuery(Func<TDb, Task> work) => Send(new Ask.Query((services, _) => work(services.GetRequiredService<TDb>())));

    public async Task<T> Read<T>(Func<TDb, Task<T>> query)
    {
        await using var scope = services!.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    /// <summary>All rows of a table as they stand in the file, sorted, with the type of each value.</summary>
    public Task<List<string>> Rows(string table) =>
        Read(async db =>
        {
            var columns = await db
                .Database.SqlQuery<string>($"SELECT name AS Value FROM pragma_table_info({table}) ORDER BY cid")
                .ToListAsync();
            var values = string.Join(" || '|' || ", columns.Select(column => $"typeof(\"{column}\") || ':' || quote(\"{column}\")"));
            var rows = $"SELECT {values} AS Value FROM \"{table}\" ORDER BY 1";
            return await db.Database.SqlQueryRaw<string>(rows).ToListAsync();
        });

    protected override void Use(IApplicationBuilder app) => services = app.ApplicationServices;

    protected override void Map(IEndpointRouteBuilder routes) { }

    private async Task Send<T>(IRequest<T> request)
    {
        await using var scope = services!.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(request);
    }
}
