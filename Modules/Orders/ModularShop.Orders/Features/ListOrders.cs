using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Data;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>Lists orders, latest first, optionally of one customer or status.</summary>
internal static class ListOrders
{
    internal sealed record Query(Guid? CustomerId, string? Status, int? Limit, string? After) : IQuery<Page<OrderView>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        private static readonly string[] Statuses = Enum.GetNames<OrderStatus>();

        public Validator() =>
            RuleFor(q => q.Status)
                .Must(status => status is null || Statuses.Contains(status, StringComparer.OrdinalIgnoreCase))
                .WithMessage($"A status is one of {string.Join(", ", Statuses).ToLowerInvariant()}.");
    }

    // The approximate length of the JSON of an order without lines, and of a line.
    private const long OrderCharacters = 400;
    private const long LineCharacters = 100;

    private sealed record Position(DateTimeOffset PlacedAt, long Sequence);

    internal sealed class Handler(OrdersDb db) : IRequestHandler<Query, Page<OrderView>>
    {
        public async Task<Page<OrderView>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var orders = db.Orders.AsQueryable();
            if (query.CustomerId is { } customer)
            {
                orders = orders.Where(o => o.CustomerId == customer);
            }
            if (query.Status is not null)
            {
                var status = Enum.Parse<OrderStatus>(query.Status, ignoreCase: true);
                orders = orders.Where(o => o.Status == status);
            }
            if (Cursor.Decode<Position>(query.After) is { } after)
            {
                orders = orders.Where(o => o.PlacedAt <= after.PlacedAt && (o.PlacedAt < after.PlacedAt || o.Sequence < after.Sequence));
            }
            // An order has up to thousands of lines. The page is limited by their number before they are read.
            var found = await Sorted(orders)
                .Take(limit + 1)
                .Select(o => new
                {
                    o.PlacedAt,
                    o.Sequence,
                    Lines = o.Lines.Count,
                })
                .ToListAsync(ct);
            var page = Cursor.Page(
                found,
                limit,
                o => new Position(o.PlacedAt, o.Sequence),
                o => OrderCharacters + o.Lines * LineCharacters
            );
            var sequences = page.Items.Select(o => o.Sequence).ToList();
            var whole = await Sorted(db.Orders.Where(o => sequences.Contains(o.Sequence))).ToListAsync(ct);
            return new Page<OrderView>([.. whole.Select(OrderView.Of)], page.Next);
        }
    }

    private static IOrderedQueryable<Order> Sorted(IQueryable<Order> orders) =>
        orders.OrderByDescending(o => o.PlacedAt).ThenByDescending(o => o.Sequence);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/v1/orders", ([AsParameters] Query query, ISender sender, CancellationToken ct) => sender.Send(query, ct))
            .WithSummary("List orders, the latest first")
            .WithDescription("Follow `next` with `after` for the next page. A page of orders with very many lines ends before the limit.");
}
