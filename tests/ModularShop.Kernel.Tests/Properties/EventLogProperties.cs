using CsCheck;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Tests.Properties;

internal sealed class EventLogProperties
{
    private const string Source = "publisher";

    private static readonly string[] Names = ["publisher.happened", "publisher.ended"];
    private static readonly string[] Keys = ["a", "b", "c'; --", "\0ключ", "🛒"];

    private static readonly Gen<Envelope> GenDraft = Gen.Select(
        Gen.Guid,
        Gen.Int[0, Names.Length - 1].Select(i => Names[i]),
        Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]),
        Gen.Long[0, TimeSpan.TicksPerDay],
        Gen.Guid.Select(id => id.ToString("N")).Null(),
        Gen.String[Gen.Char.AlphaNumeric, 0, 12].Select(text => text + "\"\0é🛒"),
        (id, name, key, ticks, trace, payload) =>
            new Envelope(
                Position: 0,
                id,
                Source,
                name,
                Version: 1 + payload.Length,
                key,
                DateTimeOffset.UnixEpoch.AddTicks(ticks),
                CorrelationId: key + payload,
                CausationId: trace is null ? null : Guid.Parse(trace),
                trace,
                payload
            )
    );

    private static readonly Gen<Step> GenStep = Gen.Recursive<Step>(
        (depth, step) =>
            depth == 2
                ? GenDraft.Select(draft => (Step)new Step.Append(draft))
                : Gen.Frequency(
                    (3, GenDraft.Select(draft => (Step)new Step.Append(draft))),
                    (1, Gen.Select(step.Array[0, 3], Gen.Bool, (steps, kept) => (Step)new Step.Nested(steps, kept)))
                )
    );

    private static readonly Gen<Unit> GenUnit = Gen.Select(
        GenStep.Array[0, 3],
        Gen.Frequency((6, Gen.Const(Ending.Kept)), (3, Gen.Const(Ending.Failed)), (1, Gen.Const(Ending.TransactionLost))),
        (steps, ending) => new Unit(steps, ending)
    );

    private static readonly Gen<Operation> GenOperation = Gen.Frequency(
        (4, GenUnit.Array[1, 6].Select(units => (Operation)new Operation.Write(units))),
        (1, Gen.Const((Operation)new Operation.Reopen())),
        (
            4,
            Gen.Select(
                Gen.Int[0, 20],
                Gen.Int[1, 20],
                Gen.Int[0, Names.Length - 1].Select(i => Names[i]).Null(),
                Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]).Null(),
                Gen.Int[1, 60],
                (after, max, name, key, characters) => (Operation)new Operation.Read(after, max, name, key, characters)
            )
        )
    );

    [Test]
    public Task A_log_holds_what_was_committed_and_nothing_else() =>
        Gen.Select(GenOperation.Array[1, 12], Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[1, 60])
            .SampleAsync(
                async (operations, maxGroup, tailEvents, tailBytes) =>
                {
                    var directory = TestApplication.NewDirectory();
                    try
                    {
                        var options = new KernelOptions
                        {
                            Writer = new WriterOptions { MaxGroup = maxGroup },
                            Delivery = new DeliveryOptions { TailEvents = tailEvents, TailBytes = tailBytes },
                        };
                        await using var run = new LogRun(directory, options);
                        foreach (var operation in operations)
                        {
                            await run.Do(operation);
                            await run.Check();
                        }
                    }
                    finally
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                },
                iter: Samples.Ordinarily(60)
            );

    internal abstract record Operation
    {
        /// <summary>Units of work that wait for the writer together.</summary>
        public sealed record Write(IReadOnlyList<Unit> Units) : Operation
        {
            public override string ToString() => $"Write({string.Join(" | ", Units)})";
        }

        public sealed record Reopen : Operation;

        public sealed record Read(int After, int Max, string? Name, string? Key, int MaxCharacters) : Operation;
    }

    internal sealed record Unit(IReadOnlyList<Step> Steps, Ending Ending)
    {
        public override string ToString() => $"{string.Join(" ", Steps)} {Ending}";
    }

    internal abstract record Step
    {
        public sealed record Append(Envelope Draft) : Step
        {
            public override string ToString() => $"append({Draft.Name} {Draft.Key} {Draft.Payload.Length})";
        }

        /// <summary>Steps in a savepoint, which is kept or rolled back.</summary>
        public sealed record Nested(IReadOnlyList<Step> Steps, bool Kept) : Step
        {
            public override string ToString() => $"{(Kept ? "kept" : "undone")}({string.Join(" ", Steps)})";
        }
    }

    internal enum Ending
    {
        Kept,
        Failed,

        /// <summary>SQLite ends the transaction, as after a full disk, and the unit ignores it.</summary>
        TransactionLost,
    }
}
