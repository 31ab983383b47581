using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Rebuilds a copy of a module's file from copies of its sources' logs, each cut off at the module's checkpoint, and compares all of
/// the module's tables before and after. Events with a dead letter of any status have not taken effect and are held back. Data that the
/// module owns must be unchanged too.
/// </summary>
internal sealed class Recomputation : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Longer than all attempts at one event can take.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(10);

    private readonly ModuleSource source;
    private readonly ModuleDescriptor module;
    private readonly IReadOnlyDictionary<string, FileSnapshot> files;
    private readonly IConfiguration configuration;
    private readonly ReportProgress report;
    private readonly LogRegistry logs = new();
    private readonly List<(ModuleDatabase Database, EventLog Log)> sources = [];
    private readonly TaskCompletionSource broken = new();
    private readonly string workspace = Directory.CreateTempSubdirectory("modularshop-verify-").FullName;

    public Recomputation(
        ModuleSource source,
        IReadOnlyDictionary<string, FileSnapshot> files,
        IConfiguration configuration,
        ReportProgress report
    )
    {
        this.source = source;
        module = source.Descriptor;
        this.files = files;
        this.configuration = configuration;
        this.report = report;
    }

    public async Task<IReadOnlyList<Finding>> Run(string subject, CancellationToken ct)
    {
        var checkpoints = files[module.Name].Checkpoints().Where(checkpoint => module.Sources.Contains(checkpoint.Source)).ToList();
        var options = KernelOptions.Read(configuration);
        foreach (var checkpoint in checkpoints)
        {
            await OpenLog(checkpoint, options.Delivery, ct);
        }
        using var data = DataDirectory.Hold(workspace);
        var file = data.FileOf(module);
        await Copy(files[module.Name], file, ct);
        HoldBackOpenLetters(file);

        var before = Path.Combine(workspace, "before");
        var failures = new List<Finding>();
        var context = new ModuleSupervisorContext(
            data,
            options,
            configuration,
            NullLoggerFactory.Instance,
            TimeProvider.System,
            logs,
            // Only the module's reactions may run: its background services could act on other systems.
            (_, services) => services.RemoveAll<IHostedService>(),
            FaultHook: null
        );
        var prepared = await PreparedModule.Prepare(source, context);
        await using (var instance = await prepared.Open(BreakDown, ct))
        {
            using (var migrated = FileSnapshot.Of(file))
            {
                await migrated.CopyTo(before, (_, _) => Task.CompletedTask, ct);
            }
            var subscriptions = instance.Services.GetRequiredService<Subscriptions>();
            await instance.Services.GetRequiredService<Rebuilder>().Rebuild(copy: null, Caller.LocalOperator, ct);
            await CatchUp(subscriptions, checkpoints, instance.Services.GetRequiredService<Writer>(), ct);
            failures.AddRange(
                instance
                    .Services.GetRequiredService<DeadLetters>()
                    .List(DeadLetterStatus.Dead, afterId: 0, limit: 1)
                    .Select(letter =>
                        Finding.Failed(
                            subject,
                            $"{letter.Envelope.Name} at position {letter.Envelope.Position} of {letter.Envelope.Source} took effect "
                                + $"once, but cannot be applied again: {letter.Error} Mend the reaction before a rebuild, which would "
                                + "make it a dead letter.",
                            Cure.Rebuild,
                            module.Name
                        )
                    )
            );
        }
        var tables = TableComparison.Of(before, file);
        if (tables.Differences.Count > 0 && ErasedElsewhere(subject, checkpoints) is { } erased)
        {
            return [.. failures, erased];
        }
        failures.AddRange(tables.Differences.Select(text => Finding.Failed(subject, text, Cure.Rebuild, module.Name)));
        var events = checkpoints.Sum(checkpoint => checkpoint.Position);
        return failures.Count > 0
            ? failures
            : [Finding.Ok(subject, $"{tables.Rows:N0} rows of {tables.Count} tables equal a replay of {events:N0} events.")];
    }

    public void Dispose()
    {
        foreach (var (database, log) in sources)
        {
            log.Dispose();
            database.Dispose();
        }
        Directory.Delete(workspace, recursive: true);
    }

    // If a source has erased a person, the replay reads null for that person's data. The module has the data until it reacts to the erasure.
    private Finding? ErasedElsewhere(string subject, IReadOnlyList<Checkpoint> checkpoints)
    {
        var known = ErasedPersons.All(files[module.Name].Connection);
        foreach (var checkpoint in checkpoints)
        {
            var from = files[checkpoint.Source];
            if (ErasedPersons.All(from.Connection).Except(known).Count() is > 0 and var count)
            {
                var persons = count == 1 ? "1 person" : $"{count} persons";
                return checkpoint.Position < from.Log.LastPosition
                    ? Finding.Warning(subject, $"Not compared: '{from.Module}' has erased {persons}, and the module has not read that yet.")
                    : Finding.Failed(
                        subject,
                        $"It still has data of {persons} whom '{from.Module}' has erased.",
                        Cure.Rebuild,
                        module.Name
                    );
            }
        }
        return null;
    }

    private async Task OpenLog(Checkpoint checkpoint, DeliveryOptions options, CancellationToken ct)
    {
        var file = Path.Combine(workspace, $"source-{checkpoint.Source}");
        await Copy(files[checkpoint.Source], file, ct);
        var database = ModuleDatabase.Open(file);
        database.Writer.Execute(
            """
            DELETE FROM event_log WHERE position > $position;
            UPDATE sqlite_sequence SET seq = $position WHERE name = 'event_log';
            """,
            ("$position", checkpoint.Position)
        );
        var log = new EventLog(checkpoint.Source, database, options);
        sources.Add((database, log));
        logs.Register(new WatchedLog(log, failure => broken.TrySetException(failure)));
    }

    private Task Copy(FileSnapshot source, string target, CancellationToken ct) =>
        source.CopyTo(target, (done, total) => report(new WorkProgress($"{module.Name}: copying {source.Name}", done, total)), ct);

    // A rebuild leaves out discarded letters only, so all letters are marked as discarded in the copy.
    private static void HoldBackOpenLetters(string file)
    {
        using var database = ModuleDatabase.Open(file);
        database.Writer.Execute("UPDATE dead_letters SET status = 'discarded', reason = 'Held back.' WHERE status <> 'discarded'");
    }

    // A running process waits until the disk has space or the file can be read. Here such a failure ends the recomputation.
    private async Task CatchUp(Subscriptions subscriptions, IReadOnlyList<Checkpoint> checkpoints, Writer writer, CancellationToken ct)
    {
        var total = checkpoints.Sum(checkpoint => checkpoint.Position);
        var (applied, since) = (0L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            var awaited = subscriptions.All.Where(s => checkpoints.Any(checkpoint => checkpoint.Source == s.Source)).ToList();
            if (awaited.TrueForAll(s => s.State == SubscriptionState.Running && s.Position == s.LastPosition))
            {
                return;
            }
            if (writer.Failure is { } fault)
            {
                throw new StorageException(fault);
            }
            if (broken.Task.IsFaulted)
            {
                await broken.Task;
            }
            if (awaited.Sum(s => s.Position) is var now && now != applied)
            {
                (applied, since) = (now, TimeProvider.System.GetTimestamp());
            }
            else if (TimeProvider.System.GetElapsedTime(since) > TimeLimit)
            {
                throw new TimeoutException(
                    $"The replay makes no progress: {awaited.Find(s => s.Error is not null)?.Error ?? "a reaction does not end."}"
                );
            }
            await report(new WorkProgress($"{module.Name}: replaying events", applied, total));
            await Task.Delay(Pause, ct);
        }
    }

    private void BreakDown(string reason, StorageFault? fault) =>
        broken.TrySetException(fault is null ? new BackupException(reason) : new StorageException(fault));

    /// <summary>Reports when the copy of a log cannot be read. Its reader would otherwise try again forever.</summary>
    private sealed class WatchedLog(EventLog log, Action<StorageException> failed) : ILogReader
    {
        public string Source => log.Source;

        public long LastPosition => log.LastPosition;

        public ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct) => log.PlaceAt(position, ct);

        public ValueTask<string?> Check(LogPlace place, CancellationToken ct) => log.Check(place, ct);

        public ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysOf(IReadOnlyCollection<Guid> persons, CancellationToken ct) =>
            log.KeysOf(persons, ct);

        public Task WaitUntilClosed(CancellationToken ct) => log.WaitUntilClosed(ct);

        public async ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct)
        {
            try
            {
                return await log.ReadAsync(after, max, ct);
            }
            catch (StorageException e)
            {
                failed(e);
                throw;
            }
        }
    }
}
