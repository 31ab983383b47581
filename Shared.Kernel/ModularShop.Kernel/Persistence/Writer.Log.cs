using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Persistence;

internal sealed partial class Writer
{
    [LoggerMessage(LogLevel.Error, "SQLite did not begin a transaction")]
    private partial void LogBeginFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "A transaction of {Units} units of work was lost; each caller is told so")]
    private partial void LogGroupFailed(Exception exception, int units);

    [LoggerMessage(
        LogLevel.Error,
        "A unit of work ended the transaction of {Units} units. No changes were kept, and each caller is told so"
    )]
    private partial void LogGroupEnded(Exception exception, int units);

    [LoggerMessage(
        LogLevel.Critical,
        "The events of a committed transaction could not be announced; subscribers receive them with the next ones"
    )]
    private partial void LogAfterCommitFailed(Exception exception);

    [LoggerMessage(
        LogLevel.Error,
        "A unit of work still runs {Timeout} after the stop of its module began; it is left behind and its group was rolled back"
    )]
    private partial void LogLeftBehind(TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be emptied; it is tried again")]
    private partial void LogWalNotEmptied(Exception exception);

    [LoggerMessage(LogLevel.Warning, "A unit of work held the writer for {Milliseconds:0} ms")]
    private partial void LogSlowUnit(double milliseconds);
}
