using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Customers.Data;
using ModularShop.Customers.Domain;
using ModularShop.Customers.Features;
using ModularShop.Kernel.Modules;

namespace ModularShop.Customers;

public sealed class CustomersModule : Module<CustomersDb>
{
    public override string Name => "customers";

    public override string Description => "Who the customers are, and how they sign in.";

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(Passwords.Slow).AddSingleton<Passwords>();

    protected override void Map(IEndpointRouteBuilder routes)
    {
        RegisterCustomer.Map(routes);
        SignIn.Map(routes);
        ShowCustomer.Map(routes);
        ChangeCustomer.Map(routes);
        ChangePassword.Map(routes);
        EraseCustomer.Map(routes);
        ImportCustomers.Map(routes);
    }
}
