using System.Reflection;

namespace ModularShop.SystemTests;

/// <summary>The shop published as one file.</summary>
internal static class OneFile
{
    /// <summary>Publishes it to a directory, from the libraries that were built for these tests.</summary>
    public static async Task Publish(string directory)
    {
        // Ahead-of-time compilation takes minutes and affects only the speed. Only the host is built again, for this machine, in
        // another folder, as other tests run the regular build output. Analyzers ran when the tests were built.
        var (exitCode, output) = await DotnetCommand.Run(
            Repository,
            "publish",
            "Host",
            "--configuration",
            Metadata("Configuration"),
            "-p:PublishProfile=one-file",
            "-p:PublishReadyToRun=false",
            "-p:BuildProjectReferences=false",
            "-p:RunAnalyzers=false",
            "--output",
            directory
        );
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"It was not published.\n{output}");
        }
    }

    /// <summary>The root of the sources.</summary>
    public static string Repository => Metadata("RepositoryRoot");

    private static string Metadata(string key) =>
        typeof(OneFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
