using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Customers.Data;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>Shows one customer.</summary>
internal static class ShowCustomer
{
    internal sealed record Query(Guid CustomerId) : IQuery<CustomerView>;

    internal sealed class Handler(CustomersDb db) : IRequestHandler<Query, CustomerView>
    {
        public async Task<CustomerView> Handle(Query query, CancellationToken ct) =>
            CustomerView.Of(await db.Customers.Get(query.CustomerId, ct));
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/customers/{customerId:guid}",
                (Guid customerId, ISender sender, CancellationToken ct) => sender.Send(new Query(customerId), ct)
            )
            .WithSummary("Show a customer");
}
