using ModularShop.Kernel.Backups;
using Spectre.Console;

namespace ModularShop.Host.CommandLine;

/// <summary>Shows the progress of a long operation on a terminal.</summary>
internal static class WorkBar
{
    public static async Task<T> Show<T>(Func<ReportProgress, Task<T>> work)
    {
        if (!Terminal.Error.Profile.Capabilities.Interactive)
        {
            return await work(_ => Task.CompletedTask);
        }
        return await Terminal
            .Error.Progress()
            .AutoClear(true)
            .StartAsync(progress =>
            {
                var bar = progress.AddTask("", maxValue: 1);
                return work(step =>
                {
                    (bar.Description, bar.MaxValue, bar.Value) = (Markup.Escape(step.What), Math.Max(1, step.Total), step.Done);
                    return Task.CompletedTask;
                });
            });
    }
}
