using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>Takes orders and publishes that they were placed.</summary>
public sealed class ShopOrdersModule : Module<ShopOrdersDb>
{
    private IServiceScopeFactory? scopes;

    public override string Name => "shop-orders";

    public override string Description => "Takes orders.";

    /// <summary>Sends the command in a scope of its own, as a request has one.</summary>
    internal async Task Send(ICommand<Guid> command)
    {
        await using var scope = scopes!.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(command);
    }

    protected override void Use(IApplicationBuilder app) => scopes = app.ApplicationServices.GetRequiredService<IServiceScopeFactory>();

    protected override void Map(IEndpointRouteBuilder routes) { }
}
