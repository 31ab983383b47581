using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

internal sealed class CompiledGetTests
{
    private readonly DirectModule<DirectDb> direct = new();
    private readonly Guid id = Guid.CreateVersion7();

    [Test]
    public async Task What_a_command_loads_comes_with_its_parts_and_its_changes_are_saved([Values] bool afterAQuery)
    {
        await using var app = await Start();
        if (afterAQuery)
        {
            await direct.InQuery(db => db.Baskets.Get(id, CancellationToken.None));
        }
        await direct.InUnit(async db =>
        {
            var basket = await db.Baskets.Get(id, CancellationToken.None);
            Assert.That(basket.Lines.Select(line => line.Product), Is.EqualTo(["lantern", "hanger"]));
            basket.Delivery = new Delivery { Street = "Harbour" };
            basket.With(new BasketLine { Position = 3, Product = "bottle" });
        });
        var saved = await direct.Read(db => db.Baskets.SingleAsync());
        Assert.That(saved.Delivery!.Street, Is.EqualTo("Harbour"));
        Assert.That(saved.Lines, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task What_a_query_loads_is_not_tracked_even_after_a_command_loaded_it()
    {
        await using var app = await Start();
        await direct.InUnit(db => db.Baskets.Get(id, CancellationToken.None));
        await direct.InQuery(async db =>
        {
            await db.Baskets.Get(id, CancellationToken.None);
            Assert.That(db.ChangeTracker.Entries(), Is.Empty);
        });
    }

    [Test]
    public async Task An_entity_that_is_loaded_twice_in_a_unit_is_the_same_object()
    {
        await using var app = await Start();
        await direct.InUnit(async db =>
        {
            var first = await db.Baskets.Get(id, CancellationToken.None);
            var second = await db.Baskets.Get(id, CancellationToken.None);
            Assert.That(second, Is.SameAs(first));
        });
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        await using var app = await Start();
        var unknown = Guid.CreateVersion7();
        await Assert.ThatAsync(
            () => direct.InUnit(db => db.Baskets.Get(unknown, CancellationToken.None)),
            Throws.TypeOf<NotFoundException>().With.Message.Contains("basket").And.Message.Contains($"{unknown}")
        );
        await Assert.ThatAsync(
            () => direct.InQuery(db => db.Baskets.Get(unknown, CancellationToken.None)),
            Throws.TypeOf<NotFoundException>()
        );
    }

    private async Task<TestApplication> Start()
    {
        var app = await TestApplication.Start(direct);
        await direct.InUnit(db =>
            db.Insert(
                new Basket { Id = id }.With(
                    new BasketLine { Position = 1, Product = "lantern" },
                    new BasketLine { Position = 2, Product = "hanger" }
                )
            )
        );
        return app;
    }
}
