using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class CursorTests
{
    private sealed record Position(string Name, long Number);

    private sealed record OtherPlace(long At, long Number);

    private sealed record PlaceAndMore(string Name, long Number, string More);

    [Test]
    public void A_cursor_is_the_place_that_it_was_made_of()
    {
        var place = new Position("tea & milk", long.MaxValue);

        Assert.That(Cursor.Decode<Position>(Cursor.Encode(place)), Is.EqualTo(place));
        Assert.That(Cursor.Decode<Position>(null), Is.Null);
        Assert.That(Cursor.Decode<Position>(""), Is.Null);
    }

    [Test]
    public void A_cursor_of_another_list_is_refused()
    {
        string[] others =
        [
            Cursor.Encode(new OtherPlace(1, 2)),
            Cursor.Encode(new PlaceAndMore("a", 1, "b")),
            Cursor.Encode(new { Name = (string?)null, Number = 1 }),
            Cursor.Encode(new { Name = "a" }),
            Cursor.Encode(new { }),
            Cursor.Encode<string?>(null),
        ];

        foreach (var cursor in others)
        {
            Assert.That(() => Cursor.Decode<Position>(cursor), Throws.TypeOf<BadRequestException>(), cursor);
        }
    }

    [Test]
    public void A_page_ends_early_rather_than_grow_too_large_and_the_rest_follows()
    {
        var weights = Enumerable.Range(1, 100).Select(i => (Number: i, Weight: i % 7 * Cursor.MaxWeight / 5)).ToList();
        var seen = new List<int>();
        for (int? after = null; ; )
        {
            var page = Cursor.Page(
                [.. weights.Where(w => w.Number > (after ?? 0)).Take(21)],
                20,
                w => new Position("", w.Number),
                w => w.Weight
            );
            Assert.That(page.Items, Is.Not.Empty);
            Assert.That(page.Items.Count == 1 || page.Items.Sum(w => w.Weight) <= Cursor.MaxWeight);
            seen.AddRange(page.Items.Select(w => w.Number));
            if (page.Next is null)
            {
                break;
            }
            after = (int)Cursor.Decode<Position>(page.Next)!.Number;
        }

        Assert.That(seen, Is.EqualTo(weights.Select(w => w.Number)));
    }

    [Test]
    public void A_list_in_parts_is_read_on_demand_and_is_complete()
    {
        var items = Enumerable.Range(1, 10).Select(i => new string('x', i % 3 == 0 ? (int)Parts.MaxCharacters : i)).ToList();
        var reads = 0;
        IReadOnlyList<string> Read(string? last, int max)
        {
            reads++;
            var part = new List<string>();
            foreach (var item in items.Skip(last is null ? 0 : items.IndexOf(last) + 1).Take(max))
            {
                part.Add(item);
                if (part.Sum(i => i.Length) >= Parts.MaxCharacters)
                {
                    break;
                }
            }
            return part;
        }

        var all = Parts.Read<string>(9, Read, item => item.Length);
        Assert.That(reads, Is.EqualTo(1), "what fails does so before an answer has begun");
        Assert.That(all.Take(3).Count(), Is.EqualTo(3));
        Assert.That(reads, Is.EqualTo(1));
    }
}
