using CsCheck;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Properties;

internal sealed class EventTailProperties
{
    private static readonly int[] Limits = [1, 2, 3, 8, int.MaxValue];

    [Test]
    public void A_tail_gives_what_came_last_as_far_as_it_fits_and_never_anything_else() =>
        Gen.Select(Gen.Long[0, 6], Gen.Int[1, 6], Gen.Int[1, 30])
            .Select((last, maxEvents, maxBytes) => (new EventTail(last, maxEvents, maxBytes), new Model(last, maxEvents, maxBytes)))
            .SampleModelBased(
                Gen.Select(Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 9])), Gen.Int[0, 12])
                    .Array[0, 5]
                    .Operation<EventTail, Model>(
                        (tail, events) => tail.Push(After(tail.LastPosition, events)),
                        (model, events) => model.Push(After(model.Last, events))
                    ),
                Gen.Long[0, 3]
                    .Operation<EventTail, Model>(
                        (tail, back) => Expect.True(Refuses(tail, tail.LastPosition - back), "a position pushed twice is refused"),
                        (_, _) => { }
                    ),
                equal: Same,
                printModel: model => model.ToString(),
                iter: Samples.Ordinarily(2000)
            );

    private static bool Same(EventTail tail, Model model)
    {
        Expect.Equal(tail.LastPosition, model.Last, "last position");
        for (var position = Math.Max(0, model.Last - 20); position <= model.Last + 2; position++)
        {
            foreach (var max in Limits)
            {
                var (actual, expected) = (tail.After(position, max), model.After(position, max));
                Expect.Equal(actual is null, expected is null, $"having left the memory, after {position}");
                Expect.Sequence(actual ?? [], expected ?? [], $"up to {max} after {position}");
            }
            Expect.Equal(tail.WaitAfter(position, default).IsCompleted, position < model.Last, $"something after {position}");
        }
        return true;
    }

    private static bool Refuses(EventTail tail, long position)
    {
        try
        {
            tail.Push([At(position, size: 1)]);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // Each event skips some positions before it.
    private static List<Envelope> After(long last, (int LeftOut, int Size)[] events) =>
        [.. events.Select(e => At(last += e.LeftOut + 1, e.Size))];

    private static Envelope At(long position, int size) => Envelopes.At(position, new string('x', size), Guid.Empty);

    /// <summary>All events that were pushed. What must be in memory follows from them.</summary>
    private sealed class Model(long lastPosition, int maxEvents, int maxBytes)
    {
        private readonly List<Envelope> pushed = [];

        public long Last { get; private set; } = lastPosition;

        public void Push(IReadOnlyList<Envelope> events)
        {
            pushed.AddRange(events);
            Last = pushed.Count == 0 ? Last : pushed[^1].Position;
        }

        public IReadOnlyList<Envelope>? After(long position, int max) =>
            position >= Last ? []
            : InMemory() is var held && position < Last - held.Count ? null
            : [.. held.Where(e => e.Position > position).Take(max)];

        public override string ToString() => string.Join(", ", pushed.Select(e => $"{e.Position} ({e.Payload.Length})"));

        // The newest events without a gap and within the limits, but at least the newest one.
        private List<Envelope> InMemory()
        {
            var held = new List<Envelope>();
            foreach (var envelope in Enumerable.Reverse(pushed))
            {
                var fits = held.Count < maxEvents && held.Sum(e => e.Payload.Length) + envelope.Payload.Length <= maxBytes;
                if (held.Count > 0 && (!fits || envelope.Position != held[0].Position - 1))
                {
                    break;
                }
                held.Insert(0, envelope);
            }
            return held;
        }
    }
}
