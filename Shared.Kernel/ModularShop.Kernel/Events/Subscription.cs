using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The reading of one source by one subscriber: how far it has come, what it is doing, and whether the read copies that it fills are
/// current. Its <see cref="Pump"/> reads and applies the events, and reports here what happens.
/// </summary>
internal sealed partial class Subscription(
    string subscriber,
    string source,
    ILogRegistry logs,
    Checkpoints checkpoints,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger logger
)
{
    private volatile Checkpoint? checkpoint;
    private volatile bool isBeingCleared;

    public string Source => source;

    public SubscriptionState State { get; private set; } = SubscriptionState.Stopped;

    /// <summary>Why the subscription is retrying or halted; null otherwise.</summary>
    public string? Error { get; private set; }

    public long Position => checkpoint?.Position ?? 0;

    public long? LastPosition => logs.Find(source)?.LastPosition;

    /// <summary>The checkpoint as the pump knows it; null when nothing of the source was read.</summary>
    public Checkpoint? Checkpoint
    {
        get => checkpoint;
        set => checkpoint = value;
    }

    public Freshness Freshness { get; } = new(clock);

    /// <summary>
    /// The position up to which events must be applied before the read copies of the source are complete; null when they are complete.
    /// </summary>
    public long? FillsUntil => isBeingCleared || checkpoint is { } at && at.Position < at.FilledAt ? checkpoint?.FilledAt ?? 0 : null;

    /// <summary>Why a command must not decide on data from this source; null when it may.</summary>
    public string? WhyNotCurrent =>
        FillsUntil is { } until ? $"It is being filled from {source}: {Position} of {until} events are applied."
        : Freshness.IsWithin(options.MaxStaleness) ? null
        // The source module does not run. Commands may use the copy then: read copies exist for this case.
        : logs.Find(source) is not { } log ? null
        : State == SubscriptionState.Halted ? $"It does not follow {source}, whose file was replaced or set back."
        : $"It is behind {source} by {Math.Max(0, log.LastPosition - Position)} events.";

    /// <summary>
    /// Completes when <see cref="WhyNotCurrent"/> may have changed. Read this property first, then <see cref="WhyNotCurrent"/>.
    /// </summary>
    public Task Changed => Freshness.Changed;

    /// <summary>Whether a replay has not reached the event yet: earlier events are not applied again yet.</summary>
    public bool IsAheadOfReplay(Envelope envelope) => FillsUntil is not null && envelope.Position > Position;

    /// <summary>Reads the checkpoint from the file. Only called while no pump runs.</summary>
    public void Load() => checkpoint = checkpoints.Find(source);

    /// <summary>Marks the data from the source as incomplete until the checkpoint is loaded again.</summary>
    public void BeginClearing() => isBeingCleared = true;

    public void EndClearing()
    {
        Load();
        isBeingCleared = false;
    }

    // The pump reports what happens with the following methods.

    public void Waits()
    {
        Freshness.Lose();
        SetState(SubscriptionState.WaitingForSource);
    }

    public void Runs() => SetState(SubscriptionState.Running);

    public void Retries(string reason) => SetState(SubscriptionState.Retrying, reason);

    public void RetriesAttempt(int attempt, Envelope envelope, Exception failure)
    {
        Retries($"{envelope.Name} at position {envelope.Position}: {failure.Message}");
        LogAttemptFailed(failure, subscriber, envelope.Name, envelope.Position, attempt);
    }

    public void RetriesStorage(Exception failure)
    {
        Retries(failure.Message);
        LogStorageFailed(failure, subscriber, source);
    }

    public void RetriesPump(Exception failure)
    {
        Freshness.Lose();
        Retries(failure.Message);
        LogPumpFailed(failure, subscriber, source);
    }

    public void GivesUp(Envelope envelope, Exception failure)
    {
        Runs();
        LogDeadLettered(failure, subscriber, envelope.Name, envelope.Position, envelope.Key);
    }

    public void LosesSource() => LogSourceClosed(subscriber, source);

    public void Halts(string reason)
    {
        Freshness.Lose();
        SetState(SubscriptionState.Halted, reason);
        LogHalted(subscriber, source, reason);
    }

    public void Stops()
    {
        Freshness.Lose();
        SetState(SubscriptionState.Stopped);
    }

    private void SetState(SubscriptionState state, string? error = null)
    {
        State = state;
        Error = error;
    }

    [LoggerMessage(LogLevel.Debug, "{Subscriber} waits for {Source}, which stopped")]
    private partial void LogSourceClosed(string subscriber, string source);

    [LoggerMessage(LogLevel.Error, "{Subscriber} does not follow {Source}: {Reason}")]
    private partial void LogHalted(string subscriber, string source, string reason);

    [LoggerMessage(LogLevel.Error, "{Subscriber} failed while reading {Source}; it starts again from its checkpoint")]
    private partial void LogPumpFailed(Exception exception, string subscriber, string source);

    [LoggerMessage(LogLevel.Error, "{Subscriber} cannot write what it reads from {Source}; it keeps trying")]
    private partial void LogStorageFailed(Exception exception, string subscriber, string source);

    [LoggerMessage(LogLevel.Warning, "{Subscriber} failed on {Event} at position {Position}, attempt {Attempt}")]
    private partial void LogAttemptFailed(Exception exception, string subscriber, string @event, long position, int attempt);

    [LoggerMessage(
        LogLevel.Error,
        "{Subscriber} gave up on {Event} at position {Position}: it is a dead letter, and later events of key {Key} wait behind it"
    )]
    private partial void LogDeadLettered(Exception exception, string subscriber, string @event, long position, string key);
}
