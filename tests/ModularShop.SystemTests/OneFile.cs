using System.Diagnostics;
using System.Reflection;

namespace ModularShop.SystemTests;

/// <summary>The shop as it is published, in one file; made once for all tests, which copy it.</summary>
[SetUpFixture]
internal sealed class OneFile
{
    private static readonly Lazy<Task<string>> Published = new(Publish);

    /// <summary>The directory that holds the file and whatever else was published.</summary>
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
        // Compiling ahead takes minutes and changes nothing but the speed. What is built for it goes elsewhere, as other
        // tests run what is built here.
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
        // A build that runs these tests leaves word of itself to its children.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? published : throw new InvalidOperationException($"It was not published.\n{output}");
    }

    /// <summary>The root of the source.</summary>
    public static string Repository =>
        typeof(OneFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;
}
