using System.CommandLine;
using System.Net;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// <c>demo</c>: adds a few products, customers and orders through the public HTTP interface. Safe to repeat: existing data is not
/// changed.
/// </summary>
internal static class DemoCommand
{
    public static Command Create() =>
        new Command("demo", "Put in a few products, customers and orders to play with.").ActsOnShop(
            async (_, shop, ct) =>
            {
                await Fill(shop.Http, ct);
                return ExitCode.Ok;
            },
            createsData: true
        );

    public static async Task Fill(HttpClient http, CancellationToken ct)
    {
        var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
        bool Runs(string module) => modules.Any(m => m.Name == module && m.IsRunning);

        var products = await AddProducts(http, ct);
        var customers = Runs("customers") ? await AddCustomers(http, ct) : [];
        if (!Runs("orders") || customers.Count == 0)
        {
            return;
        }
        // Orders takes prices from its read copy of the catalog, which must have the new products.
        await CatchUp.Wait(http, subscriber: null, ct);
        await PlaceOrders(http, products, customers, ct);
        await CatchUp.Wait(http, subscriber: null, ct);
    }

    private static async Task<Dictionary<string, Guid>> AddProducts(HttpClient http, CancellationToken ct)
    {
        var (onSale, added) = (new Dictionary<string, Guid>(), 0);
        foreach (var product in DemoData.Products)
        {
            try
            {
                onSale[product.Sku] = (await http.Post<Created>("/catalog/v1/products", product, ct)).Id;
                added++;
            }
            catch (RefusedException e) when (e.Status == HttpStatusCode.Conflict)
            {
                var found = await http.Get<Found>($"/catalog/v1/products?search={product.Sku}", ct);
                if (found.Items.FirstOrDefault(item => item.Sku == product.Sku) is { } known)
                {
                    onSale[product.Sku] = known.Id;
                }
            }
        }
        Terminal.Message($"Products: {added} added, {DemoData.Products.Count - added} were there.");
        return onSale;
    }

    private static async Task<Dictionary<string, Guid>> AddCustomers(HttpClient http, CancellationToken ct)
    {
        var registered = new Dictionary<string, Guid>();
        foreach (var customer in DemoData.Customers)
        {
            try
            {
                var key = $"demo-{customer.Email}";
                registered[customer.Email] = (await http.Post<Created>("/customers/v1/customers", customer, ct, key)).Id;
            }
            catch (RefusedException e) when (e.Status == HttpStatusCode.Conflict)
            {
                // Customers from an earlier run whose Idempotency-Key has expired: their orders exist already, so they are left out.
            }
        }
        Terminal.Message($"Customers: {DemoData.Customers.Count}, who sign in with the password '{DemoData.Password}'.");
        return registered;
    }

    private static async Task PlaceOrders(
        HttpClient http,
        Dictionary<string, Guid> products,
        Dictionary<string, Guid> customers,
        CancellationToken ct
    )
    {
        var placed = 0;
        foreach (var order in DemoData.Orders)
        {
            if (!customers.TryGetValue(order.Customer, out var customerId) || !order.Lines.All(line => products.ContainsKey(line.Sku)))
            {
                continue; // Placed by an earlier run, or no longer possible.
            }
            var lines = order.Lines.Select(line => new { productId = products[line.Sku], quantity = line.Quantity }).ToList();
            var id = (await http.Post<Created>("/orders/v1/orders", new { customerId, lines }, ct, order.Key)).Id;
            placed++;
            if (order.Fate is DemoFate.Cancelled)
            {
                await http.Post<Created>(
                    $"/orders/v1/orders/{id}/cancellation",
                    new { reason = "Ordered twice" },
                    ct,
                    $"{order.Key}-cancel"
                );
            }
            if (order.Fate is DemoFate.FirstLineReturned)
            {
                await http.Post<object>($"/orders/v1/orders/{id}/returns", new { lines = lines.Take(1) }, ct, $"{order.Key}-return");
            }
        }
        Terminal.Message($"Orders: {placed}, one of them cancelled and one partly returned.");
    }

    private sealed record Created(Guid Id);

    private sealed record Found(IReadOnlyList<FoundProduct> Items);

    private sealed record FoundProduct(Guid Id, string Sku);
}
