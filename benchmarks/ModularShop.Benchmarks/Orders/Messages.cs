using System.Text.Json.Serialization;
using ModularShop.Kernel.Http;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders;

// What goes over HTTP, field by field as the shop has it.

internal sealed record OrderRequest(Guid? CustomerId, IReadOnlyList<OrderRequestLine> Lines);

internal sealed record OrderRequestLine(Guid ProductId, int Quantity);

internal sealed record OrderAnswer(
    Guid Id,
    Guid? CustomerId,
    string? ImportNumber,
    DateTimeOffset PlacedAt,
    string Status,
    string? CancellationReason,
    string Currency,
    decimal Total,
    IReadOnlyList<OrderAnswerLine> Lines,
    long Version
)
{
    public static OrderAnswer Placed(Guid id, Guid? customer, DateTimeOffset at, string currency, IReadOnlyList<OrderAnswerLine> lines) =>
        new(id, customer, null, at, "placed", null, currency, lines.Sum(line => line.Quantity * line.UnitPrice), lines, 1);
}

internal sealed record OrderAnswerLine(Guid ProductId, int Quantity, decimal UnitPrice, int Returned = 0);

/// <summary>All that a customer bought and returned of a product.</summary>
internal sealed record BoughtProduct(
    Guid ProductId,
    string Sku,
    string? Name,
    string Currency,
    long Orders,
    long QuantityBought,
    decimal AmountBought,
    long QuantityReturned,
    decimal AmountReturned,
    DateTimeOffset? LastBought
);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderAnswer))]
[JsonSerializable(typeof(Page<BoughtProduct>))]
internal sealed partial class MessagesJson : JsonSerializerContext;

/// <summary>Payloads as they stand in the shop's logs: without what is null.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class EventsJson : JsonSerializerContext;
