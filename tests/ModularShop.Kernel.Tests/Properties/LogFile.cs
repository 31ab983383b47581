using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Tests.Properties;

/// <summary>A module's file with its writer and log, without the rest of a module.</summary>
internal sealed class LogFile : IAsyncDisposable
{
    private readonly WriteTransaction transaction;

    private LogFile(string source, ModuleDatabase database, KernelOptions options, Action<string, FaultPoint>? hook)
    {
        var faults = new FaultPoints(source, hook);
        Database = database;
        Log = new EventLog(source, database, options.Delivery);
        Pending = new PendingEvents(Log, faults);
        transaction = new WriteTransaction(database, [Pending]);
        Writer = new Writer(
            transaction,
            options.Writer,
            new KernelMetrics(source),
            TimeProvider.System,
            faults,
            NullLogger<Writer>.Instance
        );
    }

    public ModuleDatabase Database { get; }

    public EventLog Log { get; }

    public PendingEvents Pending { get; }

    public Writer Writer { get; }

    public static LogFile Open(string directory, string source, KernelOptions options, Action<string, FaultPoint>? hook = null) =>
        new(source, ModuleDatabase.Open(Path.Combine(directory, $"{source}.db")), options, hook);

    /// <summary>Appends events in their own unit of work.</summary>
    public Task<List<Envelope>> Append(params IEnumerable<Envelope> drafts) =>
        Writer.Run((_, _) => Task.FromResult(drafts.Select(Pending.Append).ToList()), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        transaction.Dispose();
        Log.Dispose();
        Database.Dispose();
    }
}
