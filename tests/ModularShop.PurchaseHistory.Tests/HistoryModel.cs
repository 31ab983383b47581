using System.Text.Json;
using ModularShop.Kernel;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>The purchase history as plain lists: every answer is computed anew from all orders and returns.</summary>
internal sealed class HistoryModel
{
    private readonly Dictionary<Guid, Bought> orders = [];
    private readonly List<Bought> returns = [];

    // The keys of rows whose order was cancelled: a product's row stays with zeros.
    private readonly HashSet<(Guid Product, string Currency)> sold = [];

    private sealed record Bought(Guid? Customer, DateTimeOffset At, string Currency, IReadOnlyList<OrderedLine> Lines);

    public Guid? AnyOrder(int which) => orders.Count == 0 ? null : orders.Keys.ElementAt(which % orders.Count);

    public void Apply(IntegrationEvent happened)
    {
        switch (happened)
        {
            case OrderPlaced placed:
                Add(placed.OrderId, new Bought(placed.CustomerId, placed.PlacedAt, placed.Currency, placed.Lines));
                break;
            case OrderImported imported:
                Add(imported.OrderId, new Bought(imported.CustomerId, imported.PlacedAt, imported.Currency, imported.Lines));
                break;
            case OrderCancelled cancelled:
                orders.Remove(cancelled.OrderId);
                break;
            case OrderReturned returned:
                Return(new Bought(returned.CustomerId, returned.ReturnedAt, returned.Currency, returned.Lines));
                break;
            case ReturnImported returned:
                Return(new Bought(returned.CustomerId, returned.ReturnedAt, returned.Currency, returned.Lines));
                break;
            default:
                throw new NotSupportedException(happened.GetType().Name);
        }
    }

    public string Answers()
    {
        var customers =
            from each in orders.Values.Concat(returns)
            where each.Customer is not null
            from line in each.Lines
            group line by (Customer: each.Customer!.Value, line.ProductId, each.Currency) into row
            select Line(row.Key.Customer, row.Key.ProductId, row.Key.Currency, row.Key.Customer);
        var products = sold.Select(key => Line(key.Product, key.Product, key.Currency, customer: null));
        return string.Join('\n', customers.Concat(products).Order(StringComparer.Ordinal));
    }

    /// <summary>A row of an answer.</summary>
    public static string Line(Guid of, JsonElement row) =>
        FormattableString.Invariant(
            $"{of} {(row.TryGetProperty("productId", out var product) ? product.GetGuid() : of)} {row.GetProperty("currency")} {row.GetProperty("orders")} {row.GetProperty("quantityBought")} {row.GetProperty("amountBought").GetDecimal():0.0000} {row.GetProperty("quantityReturned")} {row.GetProperty("amountReturned").GetDecimal():0.0000}{(row.TryGetProperty("lastBought", out var last) ? $" {last}" : "")}"
        );

    private string Line(Guid of, Guid product, string currency, Guid? customer)
    {
        bool IsIn(Bought each) => each.Currency == currency && (customer is null || each.Customer == customer);
        var bought = orders.Values.Where(IsIn).Where(each => each.Lines.Any(line => line.ProductId == product)).ToList();
        var lines = bought.SelectMany(each => each.Lines).Where(line => line.ProductId == product).ToList();
        var returned = returns.Where(IsIn).SelectMany(each => each.Lines).Where(line => line.ProductId == product).ToList();
        var last = bought.Count == 0 ? "" : $"{bought.Max(each => each.At):yyyy-MM-dd'T'HH:mm:sszzz}";
        return FormattableString.Invariant(
            $"{of} {product} {currency} {bought.Count} {lines.Sum(l => (long)l.Quantity)} {lines.Sum(l => l.Quantity * l.UnitPrice):0.0000} {returned.Sum(l => (long)l.Quantity)} {returned.Sum(l => l.Quantity * l.UnitPrice):0.0000}{(customer is null ? "" : $" {last}")}"
        );
    }

    private void Add(Guid order, Bought bought)
    {
        orders.Add(order, bought);
        sold.UnionWith(bought.Lines.Select(line => (line.ProductId, bought.Currency)));
    }

    private void Return(Bought returned)
    {
        returns.Add(returned);
        sold.UnionWith(returned.Lines.Select(line => (line.ProductId, returned.Currency)));
    }
}
