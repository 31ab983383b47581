using ModularShop.Host.CommandLine;
using ModularShop.Host.Import;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Harness;

/// <summary>
/// The files of a shop that was filled once through its public commands. Each contender begins with a copy of them, so
/// that all have the same schema and the same data.
/// </summary>
internal sealed class FilledShop : IDisposable
{
    private readonly string directory = TestApplication.NewDirectory();

    private FilledShop() { }

    public static async Task<FilledShop> Fill(Func<ShopImports, Task> fill)
    {
        var shop = new FilledShop();
        try
        {
            await using var contender = await Contender.Start("shop", Arguments(shop.directory));
            using var http = new HttpClient { BaseAddress = new Uri(contender.Ready) };
            await fill(new ShopImports(http, TimeProvider.System));
            await CatchUp.Wait(http, subscriber: null, CancellationToken.None);
            await contender.Stop();
            return shop;
        }
        catch
        {
            shop.Dispose();
            throw;
        }
    }

    /// <summary>How the role <c>shop</c> is told to run on a directory.</summary>
    public static IReadOnlyList<string> Arguments(string directory) => ["--data", directory, "--urls", "http://127.0.0.1:0"];

    /// <summary>A new directory with a copy of the files. Whoever asked for it deletes it.</summary>
    public string Copy()
    {
        var copy = TestApplication.NewDirectory();
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
        return copy;
    }

    /// <summary>Copies the files of some modules into a directory, which is created.</summary>
    public void CopyTo(string target, IReadOnlyCollection<string> modules)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(directory, "*.db*"))
        {
            var name = Path.GetFileName(file);
            if (modules.Contains(name[..name.IndexOf('.', StringComparison.Ordinal)]))
            {
                File.Copy(file, Path.Combine(target, name));
            }
        }
    }

    public long Size() => SizeOf(directory);

    public static long SizeOf(string directory) => new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
