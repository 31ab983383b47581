using System.Diagnostics;
using System.Text.Json;

namespace ModularShop.Testing;

/// <summary>Awaits a condition with a deadline, for effects that are not immediate.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns the first value that satisfies the condition.</summary>
    /// <exception cref="TimeoutException">No value did within the deadline. The message contains the last one.</exception>
    public static async Task<T> Get<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan? deadline = null)
    {
        var started = Stopwatch.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            var value = await read();
            if (condition(value))
            {
                return value;
            }
            if (Stopwatch.GetElapsedTime(started) is var waited && waited > (deadline ?? Deadline))
            {
                throw new TimeoutException($"Not within {deadline ?? Deadline}; the last value was: {Show(value)}");
            }
            await Task.Delay(pause);
            // What takes long is not asked for often, as that would take long too.
            pause = TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 10, FirstPause.Ticks, LongestPause.Ticks));
        }
    }

    /// <exception cref="TimeoutException">The condition was not met within the deadline.</exception>
    public static Task True(Func<bool> condition, TimeSpan? deadline = null) =>
        Get(() => Task.FromResult(condition()), met => met, deadline);

    private static string Show<T>(T value) => value is IEnumerable<JsonElement> list ? string.Join('\n', list) : $"{value}";
}
