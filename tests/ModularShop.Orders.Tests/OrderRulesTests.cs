using ModularShop.Kernel;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Tests;

internal sealed class OrderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Lantern = Guid.CreateVersion7();
    private static readonly Guid Hanger = Guid.CreateVersion7();

    [Test]
    public void The_total_of_an_order_is_the_sum_of_its_lines()
    {
        var order = Placed(Line(Lantern, 3, 2.55m), Line(Hanger, 2, 0.0001m));

        Assert.That(order.Total, Is.EqualTo(7.6502m));
    }

    [Test]
    public void An_order_whose_total_is_beyond_the_limit_is_refused()
    {
        Assert.That(
            () => Placed(Line(Lantern, 1_000_000, 1_000_000m)),
            Throws.TypeOf<UnprocessableException>().With.Property("Field").EqualTo("lines")
        );
    }

    [Test]
    public void A_return_whose_total_is_beyond_the_limit_is_refused() =>
        Assert.That(
            () =>
                Return.Import(
                    "C1",
                    null,
                    Now,
                    "GBP",
                    [
                        new ReturnLine
                        {
                            ProductId = Lantern,
                            Quantity = 1_000_000,
                            UnitPrice = 1_000_000m,
                        },
                    ],
                    Now
                ),
            Throws.TypeOf<UnprocessableException>()
        );

    [Test]
    public void A_placed_order_can_be_cancelled_once()
    {
        var order = Placed(Line(Lantern, 1, 1m));

        order.Cancel("changed my mind");

        Assert.That(order.Status, Is.EqualTo(OrderStatus.Cancelled));
        Assert.That(() => order.Cancel("again"), Throws.TypeOf<ConflictException>());
    }

    [Test]
    public void An_imported_order_is_completed_and_cannot_be_cancelled()
    {
        var order = Order.Import("536365", null, Now, "GBP", [Line(Lantern, 1, 1m)], Now);

        Assert.That(order.Status, Is.EqualTo(OrderStatus.Completed));
        Assert.That(() => order.Cancel("too late"), Throws.TypeOf<ConflictException>());
    }

    [Test]
    public void An_order_of_which_something_came_back_cannot_be_cancelled()
    {
        var order = Placed(Line(Lantern, 2, 1m));
        order.TakeBack(Lantern, 1);

        Assert.That(() => order.Cancel("the rest too"), Throws.TypeOf<ConflictException>());
    }

    [Test]
    public void No_more_can_be_returned_than_was_bought()
    {
        var order = Placed(Line(Lantern, 2, 1m));
        order.TakeBack(Lantern, 1);

        Assert.That(() => order.TakeBack(Lantern, 2), Throws.TypeOf<ConflictException>());
        Assert.That(() => order.TakeBack(Hanger, 1), Throws.TypeOf<ConflictException>());
        Assert.That(order.TakeBack(Lantern, 1), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_return_across_lines_of_one_product_is_credited_at_the_price_of_each_line()
    {
        var order = Placed(Line(Lantern, 2, 1m), Line(Lantern, 5, 0.8m));

        var returned = order.TakeBack(Lantern, 4);

        Assert.That(
            returned.Select(line => (line.ProductId, line.Quantity, line.UnitPrice)),
            Is.EqualTo(new[] { (Lantern, 2, 1m), (Lantern, 2, 0.8m) })
        );
    }

    [Test]
    public void A_cancelled_order_takes_nothing_back()
    {
        var order = Placed(Line(Lantern, 2, 1m));
        order.Cancel("changed my mind");

        Assert.That(() => order.TakeBack(Lantern, 1), Throws.TypeOf<ConflictException>());
    }

    private static Order Placed(params OrderLine[] lines) => Order.Place(null, "EUR", lines, Now);

    private static OrderLine Line(Guid productId, int quantity, decimal unitPrice) =>
        new()
        {
            ProductId = productId,
            Quantity = quantity,
            UnitPrice = unitPrice,
        };
}
