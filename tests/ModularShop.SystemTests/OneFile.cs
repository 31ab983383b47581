using System.Diagnostics;
using System.Reflection;

namespace ModularShop.SystemTests;

/// <summary>The shop published as one file, created once and copied by all tests.</summary>
[SetUpFixture]
internal sealed class OneFile
{
    private static readonly Lazy<Task<string>> Published = new(Publish);

    /// <summary>The directory with the file and everything else that was published.</summary>
    public static Task<string> Directory => Published.Value;

    [OneTimeTearDown]
    public async Task Delete()
    {
        if (Published.IsValueCreated)
        {
            System.IO.Directory.Delete(Path.GetDirectoryName(await Published.Value)!, recursive: true);
        }
    }

    private static async Task<string> Publish()
    {
        var root = TestApplication.NewDirectory();
        var published = Path.Combine(root, "published");
        // Ahead-of-time compilation takes minutes and affects only the speed. The output goes to another directory, because other tests
        // run the regular build output.
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "publish",
                "Host",
                "-p:PublishProfile=one-file",
                "-p:PublishReadyToRun=false",
                "--artifacts-path",
                Path.Combine(root, "built"),
                "--output",
                published,
                "--nologo",
                "--verbosity",
                "quiet",
                "--disable-build-servers",
            },
        };
        // A build that runs these tests sets environment variables that would affect this build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? published : throw new InvalidOperationException($"It was not published.\n{output}");
    }

    /// <summary>The root of the sources.</summary>
    public static string Repository =>
        typeof(OneFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;
}
