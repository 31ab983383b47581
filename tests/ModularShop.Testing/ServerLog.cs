using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ModularShop.Testing;

/// <summary>The errors that a server logged, so that a failed test can show them.</summary>
public sealed class ServerLog : ILoggerProvider
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly StringBuilder text = new();

    public int Length
    {
        get
        {
            lock (text)
            {
                return text.Length;
            }
        }
    }

    public void Append(string line)
    {
        lock (text)
        {
            text.Append(line).Append('\n');
        }
    }

    /// <summary>
    /// What was logged after a length. Another process may write the exception a little later than it answers, so this waits for the
    /// first line of a stack trace.
    /// </summary>
    public async Task<string> Since(int length, TimeSpan deadline)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var added = ToString()[length..];
            if (added.Contains("   at ", StringComparison.Ordinal) || Stopwatch.GetElapsedTime(started) > deadline)
            {
                return added;
            }
            await Task.Delay(Pause);
        }
    }

    public override string ToString()
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private sealed class Logger(ServerLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                log.Append($"{logLevel}: {category}: {formatter(state, exception)}\n{exception}");
            }
        }
    }
}
