using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel;

/// <summary>Every default of the kernel in one place, bound from the configuration section <c>Kernel</c>.</summary>
public sealed class KernelOptions
{
    public const string Section = "Kernel";

    public WriterOptions Writer { get; init; } = new();

    public DeliveryOptions Delivery { get; init; } = new();

    public HttpOptions Http { get; init; } = new();

    public BusOptions Bus { get; init; } = new();

    /// <summary>
    /// The total time that a stop may take after the requests are done: background services, then the writer, then the rest.
    /// </summary>
    internal TimeSpan StopLimit => Http.DrainTimeout + Writer.StopTimeout * 2;

    /// <summary>Reads the options: the defaults, with the values of the configuration in their place.</summary>
    /// <exception cref="InvalidSettingException">
    /// Settings are misspelled, cannot be read or are out of range. The message names all of them.
    /// </exception>
    public static KernelOptions Read(IConfiguration configuration)
    {
        List<string> problems =
        [
            .. SettingsCheck.Problems(configuration.GetSection(Section), typeof(KernelOptions)),
            .. SettingNames.Astray(configuration, Section, [nameof(Writer), nameof(Delivery), nameof(Http), nameof(Bus)]),
            .. ProxyList.Problems(configuration[$"{Section}:{nameof(Http)}:{nameof(HttpOptions.TrustedProxies)}"] ?? ""),
            .. LogLevels.Problems(configuration),
        ];
        var options = problems.Count == 0 ? configuration.GetSection(Section).Get<KernelOptions>() ?? new KernelOptions() : null;
        problems.AddRange(options is null ? [] : SettingsCheck.Contradictions(options, Section));
        return problems.Count == 0 ? options! : throw new InvalidSettingException(string.Join('\n', problems));
    }
}

/// <summary>The single writer of each module.</summary>
public sealed class WriterOptions
{
    /// <summary>Units of work that share one commit, at most.</summary>
    [Range(1, 10_000)]
    public int MaxGroup { get; init; } = 256;

    /// <summary>Units of work that may wait. Further callers wait until one of them has begun.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; init; } = 4096;

    /// <summary>A unit of work that takes longer is logged and counted.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SlowUnit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A unit of work that takes longer is cancelled and rolled back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan UnitDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a stopping module waits for its writer. A unit of work that takes longer is left behind, and its group is rolled back.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after SQLite refused to begin a transaction.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan BeginBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a module's file is checked, and how often a file that failed is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan StorageCheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of the write-ahead log above which it is emptied, even if the writer has to wait for readers.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public long WalLimit { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long commands may wait for readers each time the write-ahead log is emptied.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan WalWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the answer to an <c>Idempotency-Key</c> is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan IdempotencyKeyLifetime { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>How subscriptions read and apply events.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Events applied in one transaction of the subscriber, at most.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 16_384;

    /// <summary>Events read from a log at a time. The next ones are read while earlier ones are applied.</summary>
    [Range(1, 100_000)]
    public int ReadSize { get; init; } = 1024;

    /// <summary>A batch ends early after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxBatchTime { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>A batch ends early after this time if commands or other batches of the module wait behind it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxWaitForBatch { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Clearing the read copies of a rebuild is cancelled after this time. It takes longer the more rows there are.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ClearDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How far a read copy may be behind its source before commands that decide on it are refused with 503. Must be longer than all
    /// attempts at one event, or a single failing event would stop these commands.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long such a command waits before it is refused. After a start, copies usually become current within this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CopyWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events of each log kept in memory for subscribers that are nearly caught up.</summary>
    [Range(1, 1_000_000)]
    public int TailEvents { get; init; } = 1024;

    /// <summary>Bytes of payload of each log kept in memory. The limit that is reached first counts.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int TailBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How often a handler is tried before its event becomes a dead letter.</summary>
    [Range(1, 1_000_000)]
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause before the second attempt. It doubles with each further one and varies randomly by a quarter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    [AtMost(nameof(MaxRetryDelay))]
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between attempts, and between checks of a subscription that cannot proceed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The limits of each module's pipeline.</summary>
public sealed class HttpOptions
{
    /// <summary>Bytes of a request's body; a larger one is answered with 413.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public long MaxRequestBody { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests that a module handles at the same time.</summary>
    [Range(1, 100_000)]
    public int ConcurrentRequests { get; init; } = 512;

    /// <summary>Requests that may wait for one of these to end. Further ones are answered with 503.</summary>
    [Range(0, 1_000_000)]
    public int WaitingRequests { get; init; } = 1024;

    /// <summary>
    /// Threads that a module's requests use at the same time. Requests that block their threads do not take threads from other modules.
    /// </summary>
    [Range(1, 1_000)]
    public int Threads { get; init; } = 16;

    /// <summary>A request that takes longer is answered with 504.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Proxies whose <c>X-Forwarded-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are trusted: addresses and networks, separated by
    /// commas. If it is empty, these headers are ignored.
    /// </summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>
    /// How long the process waits for its modules before it listens. Modules that are not ready by then answer 503 until they are.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stopping module waits for its running requests, and then for its background services.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The requests between the processes of a shop.</summary>
public sealed class BusOptions
{
    /// <summary>How long a request for events waits at the publisher when there are none.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long another process may take to answer, in addition to what it was asked to wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take to connect to another process.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause before the first attempt to reach a process again. It doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    [AtMost(nameof(RetryDelay))]
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest pause between attempts, and how often the topology file is looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request for a module in another process may go without any data, in either direction.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long requests of a module that is being moved wait for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan MoveWait { get; init; } = TimeSpan.FromSeconds(30);
}
