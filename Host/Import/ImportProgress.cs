using ModularShop.Host.CommandLine;
using Spectre.Console;

namespace ModularShop.Host.Import;

/// <summary>Shows a progress bar on standard error, if that is a terminal.</summary>
internal static class ImportProgress
{
    /// <param name="lines">The number of lines; null when it is not known.</param>
    /// <param name="work">Runs the operation. It receives a function to call with the current line number.</param>
    public static async Task<T> Show<T>(string what, long? lines, Func<Action<long>, Task<T>> work)
    {
        if (!Terminal.Error.Profile.Capabilities.Interactive)
        {
            return await work(_ => { });
        }
        return await Terminal
            .Error.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(progress =>
            {
                var bar = progress.AddTask(what, maxValue: lines ?? 1).IsIndeterminate(lines is null);
                return work(line => Report(bar, what, line, lines));
            });
    }

    private static void Report(ProgressTask bar, string what, long line, long? lines)
    {
        bar.Description = lines is null ? $"{what} line {line:N0}" : $"{what} line {line:N0} of {lines:N0}";
        if (lines is not null)
        {
            bar.Value = line;
        }
    }
}
