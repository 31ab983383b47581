using System.Diagnostics;

namespace ModularShop.Benchmarks.Start;

/// <summary>Publishes a project as one file that is compiled ahead, as the shop is given to people.</summary>
internal static class Publication
{
    private static readonly string Root = Path.Combine(ResultsFile.Root, "artifacts", "benchmarks");

    /// <summary>Returns the file. What was built for it is kept, so that the next time takes seconds.</summary>
    public static async Task<string> OneFile(string project, string name)
    {
        Console.WriteLine($"publishing {project}; the first time takes minutes");
        var started = TimeProvider.System.GetTimestamp();
        var output = Path.Combine(Root, name);
        var publish = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    "publish",
                    project,
                    "-p:PublishProfile=one-file",
                    "--artifacts-path",
                    Path.Combine(Root, "built"),
                    "--output",
                    output,
                    "--nologo",
                    "--verbosity",
                    "quiet",
                    "--disable-build-servers",
                ]
            )
            {
                WorkingDirectory = ResultsFile.Root,
            }
        )!;
        while (!publish.HasExited)
        {
            await Task.WhenAny(publish.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(15)));
            Console.WriteLine(FormattableString.Invariant($"  {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s"));
        }
        return publish.ExitCode == 0
            ? Path.Combine(output, name)
            : throw new InvalidOperationException($"Publishing {project} ended with {publish.ExitCode}.");
    }
}
