using System.Diagnostics;

namespace ModularShop.Testing;

/// <summary>Runs the <c>dotnet</c> command line.</summary>
public static class DotnetCommand
{
    /// <summary>Runs a command to its end; returns its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--nologo", "--verbosity", "quiet", "--disable-build-servers"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        // A build that runs these tests sets environment variables that would affect this build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
