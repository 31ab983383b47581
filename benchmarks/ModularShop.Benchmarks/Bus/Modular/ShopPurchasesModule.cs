using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Bus.Modular;

/// <summary>Writes a row for each order that was placed.</summary>
public sealed class ShopPurchasesModule : Module<ShopPurchasesDb>
{
    private readonly Commits commits;
    private readonly Watch watch;
    private readonly Gate gate;

    internal ShopPurchasesModule(Commits commits, Watch watch, Gate gate) => (this.commits, this.watch, this.gate) = (commits, watch, gate);

    public override string Name => "shop-purchases";

    public override string Description => "Writes purchases down.";

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(commits).AddSingleton(watch).AddSingleton(gate).AddHostedService<PumpStart>();

    protected override void Map(IEndpointRouteBuilder routes) { }
}

internal sealed class RecordPurchase(ShopPurchasesDb db, EventContext context, Commits commits, Gate gate)
    : INotificationHandler<OrderPlaced>
{
    public async Task Handle(OrderPlaced placed, CancellationToken ct)
    {
        await gate.Pass(ct);
        db.Execute(Purchases.Upsert, Purchases.ValuesOf(placed));
        commits.Applying(context.Position);
    }
}

/// <summary>A module's background services start just before its pumps.</summary>
internal sealed class PumpStart(Watch watch) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        watch.PumpStarts();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed class ShopPurchasesDb(DbContextOptions<ShopPurchasesDb> options) : ModuleDbContext(options);

[DbContext(typeof(ShopPurchasesDb))]
[Migration("20260101000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Purchases.Table);
}
