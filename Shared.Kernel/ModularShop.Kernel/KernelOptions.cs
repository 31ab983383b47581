using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel;

/// <summary>Every default of the kernel in one place, bound from the configuration section <c>Kernel</c>.</summary>
public sealed class KernelOptions
{
    public const string Section = "Kernel";

    public WriterOptions Writer { get; init; } = new();

    public DeliveryOptions Delivery { get; init; } = new();

    public HttpOptions Http { get; init; } = new();

    /// <summary>All that a stop may wait for once requests are done: background services, then the writer, then the rest.</summary>
    internal TimeSpan StopLimit => Http.DrainTimeout + Writer.StopTimeout * 2;

    /// <summary>The defaults, with whatever the configuration says otherwise.</summary>
    /// <exception cref="InvalidSettingException">A value cannot be read, or nothing could work with it.</exception>
    public static KernelOptions Read(IConfiguration configuration)
    {
        KernelOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<KernelOptions>() ?? new KernelOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidSettingException(e.Message);
        }
        options.Validate();
        return options;
    }

    private void Validate()
    {
        AtLeastOne(Writer.MaxGroup, "Writer:MaxGroup");
        AtLeastOne(Writer.QueueLength, "Writer:QueueLength");
        AtLeastOne(Writer.WalLimit, "Writer:WalLimit");
        AtLeastOne(Delivery.BatchSize, "Delivery:BatchSize");
        AtLeastOne(Delivery.ReadSize, "Delivery:ReadSize");
        AtLeastOne(Delivery.TailEvents, "Delivery:TailEvents");
        AtLeastOne(Delivery.TailBytes, "Delivery:TailBytes");
        AtLeastOne(Delivery.MaxAttempts, "Delivery:MaxAttempts");
        AtLeastOne(Http.MaxRequestBody, "Http:MaxRequestBody");
        AtLeastOne(Http.ConcurrentRequests, "Http:ConcurrentRequests");
        AtLeastOne(Http.Threads, "Http:Threads");
        Positive(Writer.UnitDeadline, "Writer:UnitDeadline");
        Positive(Writer.StopTimeout, "Writer:StopTimeout");
        Positive(Writer.StorageCheck, "Writer:StorageCheck");
        Positive(Writer.WalPatience, "Writer:WalPatience");
        Positive(Delivery.ClearDeadline, "Delivery:ClearDeadline");
        Positive(Delivery.FirstRetryDelay, "Delivery:FirstRetryDelay");
        Positive(Delivery.MaxRetryDelay, "Delivery:MaxRetryDelay");
        Positive(Http.RequestTimeout, "Http:RequestTimeout");
    }

    private static void AtLeastOne(long value, string name)
    {
        if (value < 1)
        {
            throw new InvalidSettingException($"The setting {Section}:{name} is {value}; it is 1 or more.");
        }
    }

    private static void Positive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero)
        {
            throw new InvalidSettingException($"The setting {Section}:{name} is {value}; it is longer than nothing.");
        }
    }
}

/// <summary>A setting has a value that cannot be meant.</summary>
public sealed class InvalidSettingException(string message) : Exception(message);

/// <summary>The single writer of each module.</summary>
public sealed class WriterOptions
{
    /// <summary>Units of work that share one commit, at most.</summary>
    public int MaxGroup { get; init; } = 256;

    /// <summary>Units of work that may wait; beyond it callers wait for a place.</summary>
    public int QueueLength { get; init; } = 4096;

    /// <summary>A unit of work that takes longer is logged and counted.</summary>
    public TimeSpan SlowUnit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A unit of work that takes longer is cancelled and rolled back.</summary>
    public TimeSpan UnitDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping module waits for its writer; a unit of work that goes on is left behind, its group rolled back.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after SQLite refused to begin a transaction.</summary>
    public TimeSpan BeginBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a file is looked at, and one that is ill tried again.</summary>
    public TimeSpan StorageCheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of the write-ahead log above which it is emptied, though readers overlap.</summary>
    public long WalLimit { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long commands may wait, each time that the write-ahead log is to be emptied, for readers that need it.</summary>
    public TimeSpan WalPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the answer to an <c>Idempotency-Key</c> is kept.</summary>
    public TimeSpan IdempotencyKeyLifetime { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>How events travel from a log to a subscriber.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Events applied in one transaction of the subscriber, at most.</summary>
    public int BatchSize { get; init; } = 16_384;

    /// <summary>Events read from a log at a time. While some are applied the next are read.</summary>
    public int ReadSize { get; init; } = 1024;

    /// <summary>A batch ends early after this time.</summary>
    public TimeSpan MaxBatchTime { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>A batch ends early after this time if commands or other batches of the module wait behind it.</summary>
    public TimeSpan MaxWaitForBatch { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Clearing what a rebuild replays is cancelled after this time. It takes the longer the more there is.</summary>
    public TimeSpan ClearDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Events of each log kept in memory for subscribers that are nearly caught up.</summary>
    public int TailEvents { get; init; } = 1024;

    /// <summary>Bytes of payload of each log kept in memory, whichever limit is met first.</summary>
    public int TailBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How often a handler is tried before its event becomes a dead letter.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each further one and varies by a quarter.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between attempts, and between checks of a subscription that cannot proceed.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The limits of each module's pipeline.</summary>
public sealed class HttpOptions
{
    /// <summary>Bytes of a request's body; a larger one is answered with 413.</summary>
    public long MaxRequestBody { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests that a module works on at the same time.</summary>
    public int ConcurrentRequests { get; init; } = 512;

    /// <summary>Further requests that wait for a place; beyond it a request is answered with 503.</summary>
    public int WaitingRequests { get; init; } = 1024;

    /// <summary>Threads that a module's requests hold at the same time, so that those that block theirs keep none from other modules.</summary>
    public int Threads { get; init; } = 16;

    /// <summary>A request that takes longer is answered with 504.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the process waits for its modules before it listens; those that are not ready by then answer 503 until they are.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stopping module waits for the requests it has begun, and then for its background services.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
