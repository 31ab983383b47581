using CsCheck;

namespace ModularShop.Kernel.Tests.Properties;

internal sealed class DeadLetterProperties
{
    private static readonly string[] Keys = ["a", "b", "c"];

    private static readonly Gen<Published> GenPublished = Gen.Select(
        Gen.OneOf(Keys),
        Gen.Frequency((5, Kind.Fine), (4, Kind.Broken), (2, Kind.FailsOnce), (1, Kind.Unnoticed), (1, Kind.FromTheFuture)),
        (key, kind) => new Published(key, kind)
    );

    private static readonly Gen<Operation> GenOperation = Gen.Frequency(
        (6, Gen.Select(GenPublished.Array[1, 6], Gen.Bool, (events, wait) => (Operation)new Operation.Publish(events, wait))),
        (4, Gen.Int[0, 20].Select(which => (Operation)new Operation.Retry(which))),
        (3, Gen.Int[0, 20].Select(which => (Operation)new Operation.Discard(which))),
        (4, Gen.Int[0, 20].Select(which => (Operation)new Operation.Heal(which))),
        (1, Gen.Int[0, 20].Select(which => (Operation)new Operation.Break(which))),
        (2, Gen.Const((Operation)new Operation.Rebuild())),
        (1, Gen.Const((Operation)new Operation.Restart())),
        (1, Gen.Const((Operation)new Operation.RestartSource()))
    );

    [Test]
    public Task Every_event_is_applied_once_in_the_order_of_its_key_or_waits_or_was_discarded() =>
        Gen.Select(GenOperation.Array[1, 14], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 6])
            .SampleAsync(
                async (operations, maxAttempts, batchSize, readSize, tailEvents) =>
                {
                    var directory = TestApplication.NewDirectory();
                    try
                    {
                        var delivery = new DeliveryOptions
                        {
                            MaxAttempts = maxAttempts,
                            BatchSize = batchSize,
                            ReadSize = readSize,
                            TailEvents = tailEvents,
                            FirstRetryDelay = TimeSpan.FromMilliseconds(1),
                            MaxRetryDelay = TimeSpan.FromMilliseconds(2),
                        };
                        await using var run = await DeadLetterRun.Start(directory, new KernelOptions { Delivery = delivery });
                        foreach (var operation in operations)
                        {
                            await run.Do(operation);
                        }
                        await run.Settle();
                    }
                    finally
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                },
                iter: Samples.Ordinarily(30)
            );

    internal enum Kind
    {
        Fine,

        /// <summary>The reaction fails until the event is healed.</summary>
        Broken,

        /// <summary>The reaction fails the first time only.</summary>
        FailsOnce,

        /// <summary>There is no reaction to the event.</summary>
        Unnoticed,

        /// <summary>The event has a version that the subscriber does not know.</summary>
        FromTheFuture,
    }

    internal sealed record Published(string Key, Kind Kind)
    {
        public override string ToString() => $"{Key}:{Kind}";
    }

    /// <summary>Selects a letter: the number is taken modulo the number of letters.</summary>
    internal abstract record Operation
    {
        /// <param name="Wait">Whether the next operation waits until the subscriber has read these events.</param>
        public sealed record Publish(IReadOnlyList<Published> Events, bool Wait) : Operation
        {
            public override string ToString() => $"Publish({string.Join(" ", Events)}{(Wait ? "" : " without waiting")})";
        }

        public sealed record Retry(int Which) : Operation;

        public sealed record Discard(int Which) : Operation;

        public sealed record Heal(int Which) : Operation;

        public sealed record Break(int Which) : Operation;

        public sealed record Rebuild : Operation;

        public sealed record Restart : Operation;

        public sealed record RestartSource : Operation;
    }
}
