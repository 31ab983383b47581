using System.Text.Json;
using ModularShop.Benchmarks.Raw;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>The rows of an order, written by hand: the order, its lines and its event.</summary>
internal sealed class RawOrders(RawFile file)
{
    private const int MaxLines = 5_000;
    private const int MaxQuantity = 1_000_000;

    private readonly RawStatement erased = file.Prepare("SELECT 1 FROM erased_customers WHERE customer_id = ?");

    private readonly RawStatement product = file.Prepare(
        "SELECT price, currency, is_discontinued FROM product_copies WHERE product_id = ?"
    );

    private readonly RawStatement order = file.Prepare(
        "INSERT INTO orders (id, customer_id, placed_at, currency, status, version) VALUES (?, ?, ?, ?, 'Placed', 1)"
    );

    private readonly RawStatement line = file.Prepare(
        "INSERT INTO order_lines (position, order_sequence, product_id, quantity, unit_price, returned) VALUES (?, ?, ?, ?, ?, 0)"
    );

    private readonly RawStatement log = file.Prepare(
        """
        INSERT INTO event_log (event_id, name, version, key, occurred_at, correlation_id, trace_parent, payload)
        VALUES (?, 'orders.order-placed', 1, ?, ?, ?, ?, ?)
        """
    );

    /// <summary>The position of the last event that was written.</summary>
    public long LastPosition { get; private set; } = file.Prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event_log'").Scalar() ?? 0;

    /// <exception cref="RefusedOrderException">It cannot be placed.</exception>
    public OrderAnswer Place(OrderRequest request, DateTimeOffset now)
    {
        Check(request);
        var (lines, currency) = Price(request.Lines);
        var id = Guid.CreateVersion7(now);
        var milliseconds = now.ToUnixTimeMilliseconds();
        var sequence = order.Insert(
            RawPurchases.Id(id),
            request.CustomerId is { } customer ? RawPurchases.Id(customer) : null,
            milliseconds,
            currency
        );
        for (var i = 0; i < lines.Length; i++)
        {
            line.Run(i + 1, sequence, RawPurchases.Id(lines[i].ProductId), lines[i].Quantity, ExactDecimal.ToStored(lines[i].UnitPrice));
        }
        Append(
            new OrderPlaced(
                id,
                request.CustomerId,
                now,
                currency,
                Array.ConvertAll(lines, l => new OrderedLine(l.ProductId, l.Quantity, l.UnitPrice))
            ),
            milliseconds
        );
        return OrderAnswer.Placed(id, request.CustomerId, now, currency, lines);
    }

    private void Check(OrderRequest request)
    {
        if (request.CustomerId == Guid.Empty || request.Lines is not { Count: > 0 and <= MaxLines })
        {
            throw new RefusedOrderException("An order has a customer or none, and lines.");
        }
        foreach (var item in request.Lines)
        {
            if (item is not { Quantity: >= 1 and <= MaxQuantity })
            {
                throw new RefusedOrderException("A line has a quantity.");
            }
        }
        if (request.CustomerId is { } customer && erased.Scalar(RawPurchases.Id(customer)) is not null)
        {
            throw new RefusedOrderException("This customer's account was erased.");
        }
    }

    private (OrderAnswerLine[] Lines, string Currency) Price(IReadOnlyList<OrderRequestLine> wanted)
    {
        var lines = new OrderAnswerLine[wanted.Count];
        string? currency = null;
        for (var i = 0; i < lines.Length; i++)
        {
            product.Bind(RawPurchases.Id(wanted[i].ProductId));
            var canBeOrdered = product.Step() && product.Number(2) == 0 && (currency ??= product.Text(1)) == product.Text(1);
            var price = canBeOrdered ? ExactDecimal.FromStored(product.Number(0)) : 0;
            product.Reset();
            if (!canBeOrdered)
            {
                throw new RefusedOrderException($"Product {wanted[i].ProductId} cannot be ordered with these.");
            }
            lines[i] = new OrderAnswerLine(wanted[i].ProductId, wanted[i].Quantity, price);
        }
        return (lines, currency!);
    }

    // The correlation and the trace are as long as the shop's.
    private void Append(OrderPlaced placed, long milliseconds)
    {
        var id = Guid.CreateVersion7();
        var trace = id.ToString("N");
        LastPosition = log.Insert(
            id.ToString(),
            placed.Key,
            milliseconds,
            trace,
            $"00-{trace}-{trace.AsSpan(16)}-00",
            JsonSerializer.Serialize(placed, EventsJson.Default.OrderPlaced)
        );
    }
}

/// <summary>An order that breaks a rule.</summary>
internal sealed class RefusedOrderException(string message) : Exception(message);
