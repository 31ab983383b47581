using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Events;

internal sealed partial class Subscription
{
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
