using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Diagnostics;

/// <summary>The process's logging for one module: each entry has the module's name as a scope. Categories are unchanged.</summary>
internal sealed class ModuleLoggerFactory(ILoggerFactory shared, string module) : ILoggerFactory
{
    private readonly KeyValuePair<string, object?>[] scope = [new("Module", module)];

    public ILogger CreateLogger(string categoryName) => new ScopedLogger(shared.CreateLogger(categoryName), scope);

    public void AddProvider(ILoggerProvider provider) => shared.AddProvider(provider);

    // The root application owns the shared factory.
    public void Dispose() { }

    private sealed class ScopedLogger(ILogger inner, KeyValuePair<string, object?>[] scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }
            using (inner.BeginScope(scope))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
