using CsCheck;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Tests.Persistence.Direct;

internal sealed class AddUpTests
{
    private static readonly Gen<DateTimeOffset?> GenTime = Gen.Long[1, 9].Select(DateTimeOffset.FromUnixTimeMilliseconds).Nullable();

    private static readonly Gen<Tally> GenRow = Gen.Select(
        Gen.Select(Gen.Int[1, 2], Gen.Bool),
        Gen.Select(Gen.Long[-5, 5], Gen.Long[-90_000, 90_000], Gen.Int[-3, 3]),
        Gen.Select(GenTime, GenTime, Gen.String[Gen.Char['a', 'c'], 1, 1].Null()),
        (key, numbers, kept) =>
            new Tally
            {
                Place = key.Item1,
                Currency = key.Item2 ? "GBP" : "EUR",
                Count = numbers.Item1,
                Amount = numbers.Item2 / 10_000m,
                Most = numbers.Item3,
                Latest = kept.Item1,
                Earliest = kept.Item2,
                Label = kept.Item3,
            }
    );

    private readonly DirectModule<DirectDb> direct = new();

    [Test]
    public async Task Rows_of_one_key_add_up_as_a_model_in_memory_does()
    {
        await using var app = await Start();
        var model = new SortedDictionary<(int, string), Tally>();
        await GenRow
            .Array[1, 12]
            .SampleAsync(
                async rows =>
                {
                    await direct.InUnit(db => Array.ForEach(rows, db.AddUp));
                    foreach (var row in rows)
                    {
                        var key = (row.Place, row.Currency);
                        model[key] = model.TryGetValue(key, out var stored) ? Added(stored, row) : row;
                    }
                    var file = await direct.Read(db => db.Tallies.OrderBy(t => t.Place).ThenBy(t => t.Currency).ToListAsync());
                    Assert.That(file.Select(Text), Is.EqualTo(model.Values.Select(Text)));
                },
                iter: 50,
                threads: 1
            );
        Assert.That(model, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_sum_beyond_what_a_column_holds_is_refused_and_leaves_the_row_as_it_was()
    {
        await using var app = await Start();
        await direct.InUnit(db =>
        {
            db.AddUp(Row(count: long.MaxValue - 1, amount: 1));
            Assert.That(
                () => db.AddUp(Row(count: 2, amount: 1)),
                Throws.TypeOf<OverflowException>().With.Message.Contains("Tally").And.Message.Contains("more than can be counted")
            );
            Assert.That(() => db.AddUp(Row(count: 0, amount: ExactDecimal.Max)), Throws.TypeOf<OverflowException>());
            db.AddUp(Row(count: 1, amount: 1));
        });
        var tally = await direct.Read(db => db.Tallies.SingleAsync());
        Assert.That((tally.Count, tally.Amount), Is.EqualTo((long.MaxValue, 2m)));
    }

    [Test]
    public async Task A_required_column_without_a_value_is_no_overflow()
    {
        await using var app = await Start();
        await Assert.ThatAsync(
            () => direct.InUnit(db => db.AddUp(new Tally { Place = 1, Currency = null! })),
            Throws.TypeOf<Microsoft.Data.Sqlite.SqliteException>().With.Message.Contains("currency")
        );
    }

    [Test]
    public async Task A_unit_that_fails_adds_nothing()
    {
        await using var app = await Start();
        await direct.InUnit(db => db.AddUp(Row(count: 1, amount: 1)));
        await Assert.ThatAsync(
            () =>
                direct.InUnit(db =>
                {
                    db.AddUp(Row(count: 5, amount: 5));
                    throw new InvalidOperationException("Told to fail.");
                }),
            Throws.InvalidOperationException.With.Message.EqualTo("Told to fail.")
        );
        await direct.InUnit(db => db.AddUp(Row(count: 1, amount: 1)));
        Assert.That((await direct.Read(db => db.Tallies.SingleAsync())).Count, Is.EqualTo(2));
    }

    private static Tally Row(long count, decimal amount) =>
        new()
        {
            Place = 1,
            Currency = "GBP",
            Count = count,
            Amount = amount,
        };

    private static Tally Added(Tally stored, Tally row) =>
        new()
        {
            Place = row.Place,
            Currency = row.Currency,
            Count = stored.Count + row.Count,
            Amount = stored.Amount + row.Amount,
            Most = Math.Max(stored.Most, row.Most),
            Latest = new[] { stored.Latest, row.Latest }.Max(),
            Earliest = new[] { stored.Earliest, row.Earliest }.Min(),
            Label = stored.Label ?? row.Label,
        };

    private static string Text(Tally t) =>
        FormattableString.Invariant(
            $"{t.Place} {t.Currency} {t.Count} {t.Amount:0.0000} {t.Most} {t.Latest:fff} {t.Earliest:fff} {t.Label}"
        );

    private async Task<TestApplication> Start()
    {
        var app = await TestApplication.Start(direct);
        Assert.That(app.Quarantined, Is.Empty);
        return app;
    }
}
