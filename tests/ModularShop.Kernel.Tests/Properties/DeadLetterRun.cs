using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;
using static ModularShop.Kernel.Tests.Properties.DeadLetterProperties;

namespace ModularShop.Kernel.Tests.Properties;

/// <summary>A publisher's real log and a real subscriber, compared with their model. There is no web server.</summary>
internal sealed class DeadLetterRun : IAsyncDisposable
{
    private const string Publisher = "publisher";

    private static readonly EventSerializer Serializer = new();

    private readonly KernelOptions options;
    private readonly DeadLetterModel model;
    private readonly ModuleSupervisorContext context;
    private readonly RebuildableModule reader = new("reader");
    private readonly ConcurrentDictionary<long, Kind> kinds = new();
    private readonly ConcurrentDictionary<long, bool> failedOnce = new();
    private LogFile publisher;
    private ModuleInstance? subscriber;

    // The letters up to this one are certain in the model while the subscriber may still be reading.
    private int known;
    private bool inOneOrder = true;

    private DeadLetterRun(string directory, KernelOptions options)
    {
        this.options = options;
        model = new DeadLetterModel(options.Delivery.MaxAttempts);
        context = new ModuleSupervisorContext(
            DataDirectory.Hold(directory),
            options,
            new ConfigurationBuilder().Build(),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            new LogRegistry(),
            ConfigureServices: null,
            FaultHook: null
        );
        reader.WhenHappened = (_, delivered, _) => React(delivered.Position);
        publisher = OpenPublisher();
    }

    private DeadLetterRetries Retries => subscriber!.Services.GetRequiredService<DeadLetterRetries>();

    private DeadLetters DeadLetters => subscriber!.Services.GetRequiredService<DeadLetters>();

    public static async Task<DeadLetterRun> Start(string directory, KernelOptions options)
    {
        var run = new DeadLetterRun(directory, options);
        await run.StartSubscriber();
        return run;
    }

    public async Task Do(Operation operation)
    {
        switch (operation)
        {
            case Operation.Publish publish:
                await Publish(publish.Events);
                // An event that fails once becomes applied or dead, depending on whether it was parked, so no other operation may run
                // at the same time.
                if (publish.Wait || publish.Events.Any(e => e.Kind is Kind.FailsOnce))
                {
                    await Settle();
                }
                else
                {
                    inOneOrder = false;
                }
                break;
            case Operation.Retry retry:
                await Decide(retry.Which, id => Retries.Retry(id, default), model.Retry);
                break;
            case Operation.Discard discard:
                var reason = $"reason {discard.Which}";
                await Decide(discard.Which, id => Retries.Discard(id, reason, default), position => model.Discard(position, reason));
                break;
            case Operation.Heal heal:
                await Change(heal.Which, Kind.Broken, Kind.Fine);
                break;
            case Operation.Break @break:
                await Change(@break.Which, Kind.Fine, Kind.Broken);
                break;
            case Operation.Rebuild:
                await LetEachFailItsOnce();
                known = 0;
                model.Rebuild();
                await subscriber!.Services.GetRequiredService<Rebuilder>().Rebuild(copy: null, Caller.LocalOperator, default);
                break;
            case Operation.Restart:
                await LetEachFailItsOnce();
                await subscriber!.DisposeAsync();
                await StartSubscriber();
                break;
            case Operation.RestartSource:
                await publisher.DisposeAsync();
                publisher = OpenPublisher();
                break;
        }
    }

    /// <summary>Lets the subscriber read all events, and compares.</summary>
    public async Task Settle()
    {
        var started = Stopwatch.GetTimestamp();
        var checkpoints = subscriber!.Services.GetRequiredService<Checkpoints>();
        var subscription = subscriber.Services.GetRequiredService<Subscriptions>().All.Single();
        // The subscription moves on just after its checkpoint is on disk, and until then a decision may be refused.
        while (checkpoints.Find(Publisher)?.Position != publisher.Log.LastPosition || subscription.Position != publisher.Log.LastPosition)
        {
            Expect.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "the subscriber reads to the end of the log");
            await Task.Delay(1);
        }
        known = model.Log.Count;
        await Compare();
    }

    public async ValueTask DisposeAsync()
    {
        if (subscriber is not null)
        {
            await subscriber.DisposeAsync();
        }
        await publisher.DisposeAsync();
        context.Directory.Dispose();
    }

    private Task React(long position) =>
        kinds[position] is Kind.Broken || (kinds[position] is Kind.FailsOnce && failedOnce.TryAdd(position, true))
            ? throw new InvalidOperationException($"Position {position} is broken.")
            : Task.CompletedTask;

    private async Task Publish(IReadOnlyList<Published> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            kinds[model.Log.Count + 1 + i] = events[i].Kind;
        }
        var envelopes = events.Select((e, i) => Draft(e, number: model.Log.Count + 1 + i)).ToList();
        model.Publish(events);
        await publisher.Append(envelopes);
    }

    private static Envelope Draft(Published published, int number)
    {
        IntegrationEvent content = published.Kind switch
        {
            Kind.Unnoticed => new Unnoticed(published.Key),
            Kind.FromTheFuture => new HappenedOtherwise(published.Key, "strangely"),
            _ => new Happened(published.Key, number),
        };
        var type = EventType.Of(content.GetType());
        return new Envelope(
            Position: 0,
            Guid.CreateVersion7(),
            type.Source,
            type.Name,
            type.Version,
            content.Key,
            TimeProvider.System.GetUtcNow(),
            CorrelationId: "correlation",
            CausationId: null,
            TraceParent: null,
            Serializer.Serialize(content)
        );
    }

    // Retries or discards one of the letters that are certain.
    private async Task Decide(
        int which,
        Func<long, Task<(int Applied, DeadLetter? StoppedBy)>> decide,
        Func<int, (int Applied, int? StoppedBy)?> expect
    )
    {
        if (known < model.Log.Count && known == 0)
        {
            await Settle();
        }
        var settled = known == model.Log.Count;
        var positions = model.Letters.Keys.Where(position => position <= known).ToList();
        if (positions.Count == 0)
        {
            return;
        }
        var position = positions[which % positions.Count];
        var letter = DeadLetters.List(status: null, afterId: 0, int.MaxValue).Single(letter => letter.Envelope.Position == position);
        var expected = expect(position);
        (int Applied, int? StoppedBy)? actual;
        try
        {
            var (applied, stoppedBy) = await decide(letter.Id);
            actual = (applied, (int?)stoppedBy?.Envelope.Position);
        }
        catch (ConflictException)
        {
            actual = null;
        }
        Expect.Equal(actual is null, expected is null, $"refused to decide on the letter at {position}");
        if (settled)
        {
            Expect.Equal(actual, expected, $"what a decision on the letter at {position} did");
            await Compare();
        }
    }

    // A stop between a failed attempt and its dead letter loses the attempt, which is allowed.
    private Task LetEachFailItsOnce() => model.Log.Any(e => e.Kind is Kind.FailsOnce) ? Settle() : Task.CompletedTask;

    private async Task Change(int which, Kind from, Kind to)
    {
        await Settle();
        var positions = Enumerable.Range(1, model.Log.Count).Where(position => kinds[position] == from).ToList();
        if (positions.Count > 0)
        {
            var position = positions[which % positions.Count];
            kinds[position] = to;
            model.SetKind(position, to);
        }
    }

    private async Task Compare()
    {
        var receipts = await reader.Receipts();
        var letters = DeadLetters.List(status: null, afterId: 0, int.MaxValue).OrderBy(letter => letter.Envelope.Position).ToList();
        var open = letters.Where(letter => letter.Status != DeadLetterStatus.Discarded).ToList();

        // Holds independently of the model.
        Expect.Equal(receipts.Select(r => r.Position).Distinct().Count(), receipts.Count, "nothing twice");
        Expect.Sequence(
            receipts.Select(r => r.Position).Concat(letters.Select(letter => letter.Envelope.Position)).Order(),
            Enumerable.Range(1, model.Log.Count).Where(model.IsHandled).Select(position => (long)position),
            "applied or a letter, and never both"
        );
        foreach (var key in open.GroupBy(letter => letter.Envelope.Key))
        {
            var statuses = key.Select((_, i) => i == 0 ? DeadLetterStatus.Dead : DeadLetterStatus.Parked);
            Expect.Sequence(key.Select(letter => letter.Status), statuses, $"key {key.Key}");
        }
        Expect.True(receipts.All(r => r.Number == r.Position && r.Subject == model.Log[r.Number - 1].Key), "receipts are of their events");

        // Compares with the model.
        foreach (var key in model.Log.Select(e => e.Key).Distinct())
        {
            Expect.Sequence(
                receipts.Where(r => r.Subject == key).Select(r => (int)r.Position),
                model.Applied.Where(position => model.Log[position - 1].Key == key),
                $"applied of key {key}"
            );
        }
        Expect.Sequence(
            letters.Select(letter => ((int)letter.Envelope.Position, letter.Status, letter.Reason)),
            model.Letters.Select(letter => (letter.Key, letter.Value.Status, letter.Value.Reason)),
            "letters"
        );
        Expect.Equal(
            DeadLetters.Count(Publisher),
            (open.Count(l => l.Status == DeadLetterStatus.Dead), open.Count(l => l.Status == DeadLetterStatus.Parked)),
            "count"
        );
        Expect.True(DeadLetters.Unblocked().Count == 0, "nothing waits for nothing");
        if (inOneOrder)
        {
            Expect.Sequence(receipts.Select(r => (int)r.Position), model.Applied, "applied of all keys");
            Expect.Sequence(letters.Select(letter => letter.Attempts), model.Letters.Values.Select(letter => letter.Attempts), "attempts");
        }
    }

    private LogFile OpenPublisher()
    {
        var file = LogFile.Open(context.Directory.Path, Publisher, options);
        context.Logs.Register(file.Log);
        return file;
    }

    private async Task StartSubscriber()
    {
        var prepared = await PreparedModule.Prepare(reader.Source, context);
        subscriber = await prepared.Open((reason, _) => throw new InvalidOperationException(reason), default);
    }
}
