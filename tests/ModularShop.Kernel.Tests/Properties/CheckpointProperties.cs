using CsCheck;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Properties;

internal sealed class CheckpointProperties
{
    private static readonly string[] Sources = ["a", "b", "c"];
    private static readonly string[] Epochs = ["one", "another"];
    private static readonly Guid[] Ids = [Guid.CreateVersion7(), Guid.CreateVersion7()];

    private static readonly Gen<Checkpoint> GenCheckpoint = Gen.Select(
        Gen.OneOf(Sources),
        Gen.OneOf(Epochs),
        Gen.Long[0, 3],
        Gen.OneOf(Ids).Nullable(),
        Gen.Long[0, 3],
        Gen.OneOf("a.x", "a.y").Array[1, 2],
        (source, epoch, position, id, replay, handled) =>
            new Checkpoint(source, epoch, position, id, replay, handled) { RebuildUntil = replay }
    );

    private static readonly Gen<Step> GenStep = Gen.Frequency(
        (3, GenCheckpoint.Select(checkpoint => (Step)new Step.Insert(checkpoint))),
        (
            6,
            Gen.Select(
                GenCheckpoint,
                Gen.Frequency((5, Place.WhereItIs), (1, Place.OtherPosition), (1, Place.OtherEpoch), (1, Place.Unheard)),
                (to, place) => (Step)new Step.Move(to, place)
            )
        ),
        (1, GenCheckpoint.Select(checkpoint => (Step)new Step.Replace(checkpoint)))
    );

    [Test]
    public Task A_checkpoint_moves_from_where_it_is_or_nothing_of_the_unit_stays() =>
        GenStep
            .Array[1, 4]
            .Array[1, 8]
            .SampleAsync(
                async units =>
                {
                    var directory = TestApplication.NewDirectory();
                    try
                    {
                        var model = new Dictionary<string, Checkpoint>();
                        foreach (var unit in units)
                        {
                            // Opened again each time, because the file is what counts.
                            await using var file = LogFile.Open(directory, "subscriber", new KernelOptions());
                            var expected = new Dictionary<string, Checkpoint>(model);
                            var failure = unit.Select(step => InModel(expected, step)).FirstOrDefault(type => type is not null);
                            Expect.Equal(await Run(file, unit, model), failure, "refused");
                            model = failure is null ? expected : model;
                            Compare(new Checkpoints(file.Database), model);
                        }
                    }
                    finally
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                },
                print: units => string.Join(" | ", units.Select(unit => string.Join<Step>(", ", unit))),
                iter: Samples.Ordinarily(25)
            );

    [Test]
    public Task A_checkpoint_belongs_to_the_log_whose_event_it_names() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[0, 6], Gen.Int[-1, 4])
            .SampleAsync(
                async (length, sameLog, position, nameOf) =>
                {
                    var directory = TestApplication.NewDirectory();
                    try
                    {
                        await using var file = LogFile.Open(directory, "publisher", new KernelOptions());
                        var ids = Enumerable.Range(0, length).Select(_ => Guid.CreateVersion7()).ToList();
                        await file.Append(ids.Select(Event));
                        Guid? at(int i) => i > 0 && i <= length ? ids[i - 1] : null;
                        var checkpoint = new Checkpoint(
                            "publisher",
                            sameLog ? file.Log.Epoch : "another",
                            position,
                            nameOf < 0 ? Guid.CreateVersion7() : at(nameOf),
                            ReplayUntil: 0,
                            Handled: []
                        );

                        var mismatch = checkpoint.Mismatch(file.Log);

                        var expected =
                            !sameLog ? "another one"
                            : position > length ? "ahead of the log"
                            : checkpoint.EventId != at(position) ? "another event at position"
                            : "";
                        Expect.Equal(mismatch is null, expected.Length == 0, $"belonging; the log says {mismatch}");
                        Expect.True(mismatch?.Contains(expected, StringComparison.Ordinal) ?? true, $"{expected} in '{mismatch}'");
                    }
                    finally
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                },
                iter: Samples.Ordinarily(30)
            );

    private static async Task<Type?> Run(LogFile file, IReadOnlyList<Step> unit, IReadOnlyDictionary<string, Checkpoint> before)
    {
        // The pump knows only what it has read or moved itself.
        var believed = new Dictionary<string, Checkpoint>(before);
        try
        {
            return await file.Writer.Run(
                (transaction, _) =>
                {
                    foreach (var step in unit)
                    {
                        switch (step)
                        {
                            case Step.Insert insert:
                                Checkpoints.Insert(transaction, insert.Checkpoint);
                                break;
                            case Step.Move move:
                                var (from, to) = move.In(believed);
                                Checkpoints.Move(transaction, from, to);
                                break;
                            case Step.Replace replace:
                                Checkpoints.Replace(transaction, replace.Checkpoint);
                                break;
                        }
                        InModel(believed, step);
                    }
                    return Task.FromResult<Type?>(null);
                },
                default
            );
        }
        catch (Exception e) when (e is CheckpointMovedException or ConflictException)
        {
            return e.GetType();
        }
    }

    // Changes the model, or returns how the step must be refused.
    private static Type? InModel(Dictionary<string, Checkpoint> model, Step step)
    {
        switch (step)
        {
            case Step.Insert insert:
                return model.TryAdd(insert.Checkpoint.Source, insert.Checkpoint) ? null : typeof(ConflictException);
            case Step.Move move:
                var (from, to) = move.In(model);
                if (model.GetValueOrDefault(from.Source) is not { } here || (here.Epoch, here.Position) != (from.Epoch, from.Position))
                {
                    return typeof(CheckpointMovedException);
                }
                model[from.Source] = here with { Position = to.Position, EventId = to.EventId };
                return null;
            case Step.Replace replace:
                model[replace.Checkpoint.Source] = replace.Checkpoint;
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }
    }

    private static void Compare(Checkpoints checkpoints, Dictionary<string, Checkpoint> model)
    {
        Expect.Sequence(checkpoints.All().Select(Text), model.Values.OrderBy(c => c.Source, StringComparer.Ordinal).Select(Text), "all");
        foreach (var source in Sources)
        {
            var found = checkpoints.Find(source);
            Expect.Equal(found is null ? null : Text(found), model.TryGetValue(source, out var here) ? Text(here) : null, source);
        }
    }

    private static string Text(Checkpoint checkpoint) => $"{checkpoint with { Handled = [] }} {string.Join("+", checkpoint.Handled)}";

    private static Envelope Event(Guid id) => Envelopes.At(position: 0, id: id);

    internal abstract record Step
    {
        public sealed record Insert(Checkpoint Checkpoint) : Step;

        public sealed record Move(Checkpoint To, Place From) : Step
        {
            public (Checkpoint From, Checkpoint To) In(IReadOnlyDictionary<string, Checkpoint> checkpoints)
            {
                var here = checkpoints.GetValueOrDefault(To.Source) ?? To;
                var believed = From switch
                {
                    Place.OtherPosition => here with { Position = here.Position + 1 },
                    Place.OtherEpoch => here with { Epoch = "a third" },
                    Place.Unheard => To,
                    _ => here,
                };
                return (believed, believed with { Position = To.Position, EventId = To.EventId });
            }
        }

        public sealed record Replace(Checkpoint Checkpoint) : Step;
    }

    /// <summary>Where the caller that moves a checkpoint believes it to be.</summary>
    internal enum Place
    {
        WhereItIs,
        OtherPosition,
        OtherEpoch,

        /// <summary>Any position.</summary>
        Unheard,
    }
}
