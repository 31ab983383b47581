using CsCheck;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

internal sealed class InsertTests
{
    private static readonly string[] BasketTables = ["baskets", "basket_lines", "basket_discounts", "basket_notes"];

    // Both modules have the same model: what EF Core stored in one is compared with what Insert stored in the other.
    private readonly DirectModule<DirectDb> tracked = new("tracked");
    private readonly DirectModule<DirectDb> direct = new("direct");

    private static readonly Gen<DateTimeOffset> GenTime = Gen.Select(
        Gen.Long[0, 4_000_000_000_000],
        Gen.Int[-12, 12],
        (milliseconds, hours) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToOffset(TimeSpan.FromHours(hours))
    );
    private static readonly Gen<decimal> GenAmount = Gen.Long[-9_000_000_000_000, 9_000_000_000_000].Select(n => n / 10_000m);
    private static readonly Gen<string> GenText = Gen.OneOf(Gen.String[Gen.Char['a', 'z'], 0, 5], Gen.Const("Ä'灯|🕯"), Gen.Const("\"\n"));
    private static readonly Gen<Colour> GenColour = Gen.OneOf(Gen.Const(Colour.Red), Gen.Const(Colour.Green), Gen.Const((Colour)7));
    private static readonly Gen<TimeOnly> GenClock = Gen.Long[0, TimeSpan.TicksPerDay - 1]
        .Select(ticks => new TimeOnly(ticks % 3 == 0 ? ticks - ticks % TimeSpan.TicksPerSecond : ticks));
    private static readonly Gen<DateOnly> GenDate = Gen.Int[0, 3_000_000].Select(DateOnly.FromDayNumber);

    private static readonly Gen<Func<Sample>> GenSample =
        from id in Gen.Guid.Where(id => id != Guid.Empty)
        from flags in Gen.Select(Gen.Bool, Gen.Byte, Gen.SByte, Gen.Short, Gen.UShort)
        from numbers in Gen.Select(Gen.Int, Gen.UInt, Gen.Long, Gen.ULong)
        from reals in Gen.Select(Gen.Float.Where(n => !float.IsNaN(n)), Gen.Double.Where(n => !double.IsNaN(n)), GenAmount)
        from texts in Gen.Select(Gen.Char['!', 'z'], GenText, GenText, Gen.Byte.Array[0, 9])
        from kinds in Gen.Select(GenColour, GenColour.Where(colour => Enum.IsDefined(colour)))
        from times in Gen.Select(GenTime, Gen.DateTime, GenDate, GenClock, Gen.Long.Select(TimeSpan.FromTicks))
        from isNull in Gen.Bool
        from list in Gen.Int.List[0, 3]
        select (Func<Sample>)(
            () =>
                new Sample
                {
                    Id = id,
                    Flag = flags.Item1,
                    Byte = flags.Item2,
                    SByte = flags.Item3,
                    Short = flags.Item4,
                    UShort = flags.Item5,
                    Int = numbers.Item1,
                    UInt = numbers.Item2,
                    Long = numbers.Item3,
                    ULong = numbers.Item4,
                    Float = reals.Item1,
                    Double = reals.Item2,
                    Decimal = reals.Item3,
                    Char = texts.Item1,
                    Text = texts.Item2,
                    Marked = texts.Item3,
                    Bytes = texts.Item4,
                    Number = kinds.Item1,
                    Name = kinds.Item2,
                    At = times.Item1,
                    Time = times.Item2,
                    Date = times.Item3,
                    Clock = times.Item4,
                    Duration = times.Item5,
                    NoFlag = isNull ? null : flags.Item1,
                    NoInt = isNull ? null : numbers.Item1,
                    NoDouble = isNull ? null : reals.Item2,
                    NoDecimal = isNull ? null : reals.Item3,
                    NoText = isNull ? null : texts.Item2,
                    NoBytes = isNull ? null : texts.Item4,
                    NoId = isNull ? null : id,
                    NoNumber = isNull ? null : kinds.Item1,
                    NoAt = isNull ? null : times.Item1,
                    NoDate = isNull ? null : times.Item3,
                    NoClock = isNull ? null : times.Item4,
                    Numbers = [.. list],
                }
        );

    private static readonly Gen<Discount> GenDiscount = Gen.Select(
        Gen.Int[0, 99],
        GenAmount,
        (code, amount) => new Discount { Code = $"{code}", Amount = amount }
    );

    private static readonly Gen<Func<Basket>> GenBasket =
        from id in Gen.Guid.Where(id => id != Guid.Empty)
        from lines in Gen.Select(GenText, GenAmount, GenDiscount.Array[0, 3]).Array[0, 4]
        from delivery in Gen.Select(Gen.Int[0, 2], GenText, GenTime.Nullable(), Gen.Int[0, 9].Nullable())
        from note in GenText.Null()
        select (Func<Basket>)(
            () =>
                new Basket
                {
                    Id = id,
                    Delivery =
                        delivery.Item1 == 0
                            ? null
                            : new Delivery
                            {
                                Street = delivery.Item2,
                                Due = delivery.Item3,
                                Place = delivery.Item1 == 1 ? null : new Place { City = delivery.Item2, Floor = delivery.Item4 },
                            },
                    Note = note is null ? null : new Note { Text = note },
                }.With(
                    lines.Select(
                        (line, index) =>
                            new BasketLine
                            {
                                Position = index + 1,
                                Product = line.Item1,
                                Price = line.Item2,
                                Discounts =
                                [
                                    .. line.Item3.DistinctBy(d => d.Code).Select(d => new Discount { Code = d.Code, Amount = d.Amount }),
                                ],
                            }
                    )
                )
        );

    [Test]
    public async Task What_is_stored_of_any_type_is_what_EF_Core_stores()
    {
        await using var app = await Start();
        await GenSample.SampleAsync(
            async make =>
            {
                await tracked.InUnit(db => db.Samples.Add(make()));
                await direct.InUnit(db => db.Insert(make()));
                Assert.That(await direct.Rows("samples"), Is.EqualTo(await tracked.Rows("samples")));
            },
            iter: 60,
            threads: 1
        );
        Assert.That(await direct.Rows("samples"), Has.Count.GreaterThanOrEqualTo(60));
    }

    [Test]
    public async Task Owned_parts_are_stored_as_EF_Core_stores_them()
    {
        await using var app = await Start();
        await GenBasket.SampleAsync(
            async make =>
            {
                await tracked.InUnit(db => db.Baskets.Add(make()));
                await direct.InUnit(db => db.Insert(make()));
                foreach (var table in BasketTables)
                {
                    Assert.That(await direct.Rows(table), Is.EqualTo(await tracked.Rows(table)), table);
                }
            },
            iter: 60,
            threads: 1
        );
        foreach (var table in BasketTables)
        {
            Assert.That(await direct.Rows(table), Is.Not.Empty, table);
        }
    }

    [Test]
    public async Task The_key_that_SQLite_makes_is_set_and_one_that_is_set_already_is_kept()
    {
        await using var app = await Start();
        var (first, second) = (NewBasket(), NewBasket());
        await direct.InUnit(db =>
        {
            db.Insert(first);
            db.Insert(second);
        });
        Assert.That(first.Sequence, Is.Positive);
        Assert.That(second.Sequence, Is.EqualTo(first.Sequence + 1));
        await direct.InUnit(db => db.Database.ExecuteSqlAsync($"DELETE FROM baskets WHERE sequence = {first.Sequence}"));
        await direct.InUnit(db => db.Insert(first));
        Assert.That(
            await direct.Read(db => db.Baskets.Where(b => b.Id == first.Id).Select(b => b.Sequence).SingleAsync()),
            Is.EqualTo(first.Sequence)
        );
    }

    [Test]
    public async Task What_was_inserted_is_seen_and_changed_by_the_rest_of_the_unit()
    {
        await using var app = await Start();
        var basket = NewBasket().With(new BasketLine { Position = 1, Product = "lantern" });
        await direct.InUnit(async db =>
        {
            db.Insert(basket);
            var loaded = await db.Baskets.Get(basket.Id, CancellationToken.None);
            Assert.That(loaded, Is.Not.SameAs(basket), "Insert does not track");
            Assert.That(loaded.Lines.Single().Product, Is.EqualTo("lantern"));
            loaded.Delivery = new Delivery { Street = "Harbour" };
        });
        Assert.That((await direct.Read(db => db.Baskets.Get(basket.Id, CancellationToken.None))).Delivery!.Street, Is.EqualTo("Harbour"));
    }

    [Test]
    public async Task A_unit_that_fails_leaves_nothing_of_what_was_inserted_and_the_next_one_is_kept()
    {
        await using var app = await Start();
        var undone = NewBasket().With(new BasketLine { Position = 1, Product = "lantern" });
        await Assert.ThatAsync(
            () =>
                direct.InUnit(db =>
                {
                    db.Insert(undone);
                    throw new InvalidOperationException("Told to fail.");
                }),
            Throws.InvalidOperationException.With.Message.EqualTo("Told to fail.")
        );
        await direct.InUnit(db => db.Insert(NewBasket()));
        Assert.That(await direct.Rows("baskets"), Has.Count.EqualTo(1));
        Assert.That(await direct.Rows("basket_lines"), Is.Empty);
    }

    [Test]
    public async Task A_row_that_refers_to_one_which_is_saved_later_is_refused_and_the_message_says_what_to_do()
    {
        await using var app = await Start();
        var basket = NewBasket();
        await Assert.ThatAsync(
            () => direct.InUnit(db => db.Insert(new Voucher { Id = Guid.CreateVersion7(), BasketSequence = 77 })),
            Throws.InvalidOperationException.With.Message.Contains("Voucher").And.Message.Contains("SaveChangesAsync")
        );
        await direct.InUnit(async db =>
        {
            db.Baskets.Add(basket);
            await db.SaveChangesAsync();
            db.Insert(new Voucher { Id = Guid.CreateVersion7(), BasketSequence = basket.Sequence });
        });
        Assert.That(await direct.Rows("vouchers"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_row_that_exists_already_is_a_conflict()
    {
        await using var app = await Start();
        var id = Guid.CreateVersion7();
        await direct.InUnit(db => db.Insert(new Sample { Id = id }));
        await Assert.ThatAsync(() => direct.InUnit(db => db.Insert(new Sample { Id = id })), Throws.TypeOf<ConflictException>());
    }

    [Test]
    public async Task What_is_added_to_the_context_too_fails_the_unit()
    {
        await using var app = await Start();
        var sample = new Sample { Id = Guid.CreateVersion7() };
        await Assert.ThatAsync(
            () =>
                direct.InUnit(db =>
                {
                    db.Samples.Add(sample);
                    db.Insert(sample);
                }),
            Throws.TypeOf<ConflictException>()
        );
        Assert.That(await direct.Rows("samples"), Is.Empty);
    }

    [Test]
    public async Task Two_modules_of_one_model_write_each_to_their_own_file()
    {
        await using var app = await Start();
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .SelectMany(_ => new[] { direct.InUnit(db => db.Insert(NewBasket())), tracked.InUnit(db => db.Insert(NewBasket())) })
        );
        Assert.That((await direct.Rows("baskets")).Count, Is.EqualTo(20));
        Assert.That((await tracked.Rows("baskets")).Count, Is.EqualTo(20));
    }

    private static Basket NewBasket() => new() { Id = Guid.CreateVersion7() };

    private async Task<TestApplication> Start()
    {
        var app = await TestApplication.Start(tracked, direct);
        Assert.That(app.Quarantined, Is.Empty);
        return app;
    }
}
