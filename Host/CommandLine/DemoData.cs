namespace ModularShop.Host.CommandLine;

/// <summary>The demo's products, customers and orders.</summary>
internal static class DemoData
{
    public const string Password = "demo-password";

    private const string Ada = "ada@example.com";
    private const string Bela = "bela@example.com";
    private const string Chen = "chen@example.com";

    public static IReadOnlyList<DemoProduct> Products { get; } =
    [
        new("DEMO-MUG", "Stoneware mug", "Holds 350 ml, survives the dishwasher.", 12.50m),
        new("DEMO-POT", "Teapot", "Cast iron, one litre.", 48.00m),
        new("DEMO-TEA", "Assam tea", "A tin of 250 g, second flush.", 14.90m),
        new("DEMO-COFFEE", "Espresso beans", "One kilogram, roasted last week.", 22.00m),
        new("DEMO-GRINDER", "Hand grinder", "Steel burrs, 20 g.", 89.00m),
        new("DEMO-LAMP", "Desk lamp", "Dimmable, warm to cold.", 59.95m),
        new("DEMO-NOTE", "Notebook", "A5, 192 dotted pages.", 9.80m),
        new("DEMO-PEN", "Fountain pen", "Medium nib, refillable.", 34.00m),
        new("DEMO-INK", "Blue-black ink", "50 ml, permanent.", 11.25m),
        new("DEMO-BAG", "Canvas bag", "Carries 15 litres.", 27.50m),
        new("DEMO-CARD", "Greeting card", "Letterpress, with envelope.", 3.95m),
        new("DEMO-PLANT", "Monstera", "In a clay pot, about 60 cm.", 31.00m),
    ];

    public static IReadOnlyList<DemoCustomer> Customers { get; } =
    [new(Ada, "Ada Byron", "United Kingdom"), new(Bela, "Bela Novak", "Hungary"), new(Chen, "Chen Wei", "Singapore")];

    public static IReadOnlyList<DemoOrder> Orders { get; } =
    [
        new("demo-order-1", Ada, [new("DEMO-MUG", 2), new("DEMO-TEA", 1), new("DEMO-POT", 1)]),
        new("demo-order-2", Ada, [new("DEMO-NOTE", 3), new("DEMO-PEN", 1), new("DEMO-INK", 2)], DemoFate.FirstLineReturned),
        new("demo-order-3", Bela, [new("DEMO-COFFEE", 2), new("DEMO-GRINDER", 1), new("DEMO-MUG", 4)]),
        new("demo-order-4", Bela, [new("DEMO-LAMP", 1)], DemoFate.Cancelled),
        new("demo-order-5", Chen, [new("DEMO-TEA", 2), new("DEMO-MUG", 1), new("DEMO-CARD", 10)]),
        new("demo-order-6", Chen, [new("DEMO-PLANT", 1), new("DEMO-BAG", 1)]),
    ];
}

/// <summary>A product, as the Catalog module accepts it.</summary>
internal sealed record DemoProduct(string Sku, string Name, string Description, decimal Price, string Currency = "EUR");

/// <summary>A customer, as the Customers module accepts it.</summary>
internal sealed record DemoCustomer(string Email, string Name, string Country, string Password = DemoData.Password);

internal sealed record DemoLine(string Sku, int Quantity);

/// <summary>An order, with an Idempotency-Key so that it is not placed twice.</summary>
internal sealed record DemoOrder(string Key, string Customer, IReadOnlyList<DemoLine> Lines, DemoFate Fate = DemoFate.Kept);

internal enum DemoFate
{
    Kept,
    Cancelled,
    FirstLineReturned,
}
